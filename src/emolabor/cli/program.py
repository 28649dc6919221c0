"""The command line: the library's verbs, one message for a mistake, exit status 2."""

import sys
from contextlib import redirect_stdout

import click

from emolabor.cli.answers import check, score, screen, validate_scale
from emolabor.cli.claims import claims
from emolabor.cli.evidence import evidence
from emolabor.cli.model import fit
from emolabor.cli.questionnaire import codebook, questionnaire
from emolabor.cli.scales import scales
from emolabor.cli.simulation import simulate
from emolabor.cli.study import lab, new_study, plan, purge, reproduce
from emolabor.common.errors import NO_MEMORY, EmolaborError, fault_message, printable, system_message
from emolabor.common.terminal import Printable, keep_libraries_quiet


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli():
    """Emotional-labour scales and structural equation models for window staff.

    Exit status: 0 all went well, 1 a result differs or a notebook failed, 2 a mistake in what was given,
    70 a fault of emolabor itself, 130 stopped with Ctrl-C.
    """


for command in (check, screen, score, validate_scale, questionnaire, codebook, simulate):
    cli.add_command(command)
for command in (claims, evidence, scales, reproduce, new_study, lab, plan, purge, fit):
    cli.add_command(command)


def _complain(message):
    """Write a message about a mistake; what is personal in it, such as the name of a file, is left out."""
    from emolabor.responses.personal_contents import redacted

    print(f"emolabor: {printable(redacted(message))}", file=sys.stderr)


def main(arguments=None):
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        By default what was typed.

    Returns
    -------
    int
        Exit status.
    """
    if arguments is None:
        keep_libraries_quiet()
    try:
        with redirect_stdout(sys.stdout and Printable(sys.stdout)):
            return cli.main(arguments, prog_name="emolabor", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
    except (KeyboardInterrupt, click.Abort):
        print("\nStopped. What was finished is kept whole; the same command starts again.", file=sys.stderr)
        return 130
    except EmolaborError as error:
        _complain(str(error))
    except MemoryError:
        _complain(NO_MEMORY)
    except OSError as error:
        _complain(system_message(error))
    except Exception as error:
        _complain(fault_message(error))
        return 70
    return 2
