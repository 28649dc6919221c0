from matplotlib.backends.backend_agg import FigureCanvasAgg

from emolabor.report import closing_picture

TEXT = "notebook                  seconds  compared   equal\n01_claims_and_design          2.1       120     120\n"


def test_every_line_is_drawn_inside_the_picture_and_the_same_each_time(tmp_path):
    figure = closing_picture(TEXT, tmp_path / "a.png")
    closing_picture(TEXT, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert [text.get_text() for text in figure.texts] == TEXT.rstrip().split("\n")
    renderer = FigureCanvasAgg(figure).get_renderer()
    assert all(text.get_window_extent(renderer).x1 < figure.bbox.x1 for text in figure.texts)


def test_a_user_s_own_settings_of_matplotlib_change_no_picture(tmp_path):
    import matplotlib

    own = {"figure.dpi": 30, "axes.facecolor": "red", "font.weight": "bold", "savefig.pad_inches": 2, "axes.grid": True}
    closing_picture(TEXT, tmp_path / "a.png")
    with matplotlib.rc_context(own):
        closing_picture(TEXT, tmp_path / "b.png")
        assert matplotlib.rcParams["axes.facecolor"] == "red"
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
