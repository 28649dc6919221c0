import os

import pytest

from emolabor.study.plan import Job
from emolabor.study.workers import ONE_THREAD, execute_all

pytestmark = pytest.mark.slow


@pytest.fixture
def executed(tmp_path, write_notebook):
    """Execute notebooks of one cell each, two at a time."""

    def execute(**sources):
        jobs = [Job(name, write_notebook(tmp_path, name, "x = 1", text), {}, {}) for name, text in sources.items()]
        return {job.name: execution.problem for job, execution in execute_all(jobs, lambda job: tmp_path, 2)}

    return execute


def test_kernels_use_one_thread(monkeypatch, executed):
    for library in ONE_THREAD:
        monkeypatch.setenv(library, "8")
    assert executed(a=f"import os; assert [os.environ[name] for name in {ONE_THREAD!r}] == ['1'] * 4") == {"a": ""}


def test_kernels_share_what_they_compile_where_python_is_to_leave_nothing_behind(monkeypatch, executed):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    text = "import os, pathlib, sys; here = pathlib.Path(sys.pycache_prefix); assert not sys.dont_write_bytecode"
    compiled = "; assert any(here.rglob('*.pyc'))"
    assert executed(a=text + compiled, b=text) == {"a": "", "b": ""}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_worker_is_named_and_another_takes_its_place(executed):
    killing = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    problems = executed(a=killing, b="1 / 0", c="y = 2", d="y = 3")
    assert problems == {
        "a": "a: its process was killed; was there memory enough?",
        "b": "b: cell [2] (1 / 0): ZeroDivisionError: division by zero",
        "c": "",
        "d": "",
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_kernel_is_named_and_the_others_go_on(executed):
    problems = executed(a="import os, signal; os.kill(os.getpid(), signal.SIGKILL)", b="x = 2", c="y = 2")
    assert problems["a"].startswith("a: ") and "died" in problems["a"]
    assert (problems["b"], problems["c"]) == ("", "")


def test_the_bar_names_what_is_running(executed, capsys):
    executed(first="x = 2", second="x = 3", third="x = 4")
    told = capsys.readouterr().err
    assert "first, second" in told
    assert "3/3" in told


@pytest.mark.skipif(os.name == "nt", reason="Windows kills what is told to stop")
def test_stopping_early_leaves_no_kernel(tmp_path, write_notebook):
    sleeping = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(300)"
    paths = [write_notebook(tmp_path, "quick", "x = 1", "x = 2"), write_notebook(tmp_path, "slow", "x = 1", sleeping)]
    ended = execute_all([Job(path.stem, path, {}, {}) for path in paths], lambda job: tmp_path, 2)
    assert next(ended)[0].name == "quick"
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
        pass
    ended.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
