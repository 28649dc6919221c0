"""What a folder needs to be taken for the project's."""

PROJECT = '[project]\nname = "emolabor"\n'
