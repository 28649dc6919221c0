"""The sentences of this room: every refusal, finding and note is told by `say`."""

from emolabor.common.words import Words

say = Words("emolabor.responses")
