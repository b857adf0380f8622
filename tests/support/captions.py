"""Names and captions that are hard to show."""

BRANDS = ("NOIR <Studio>", "Glow ✨ & Co.", "دار العطور", "Maison Ambre")
CAPTIONS = (
    "Look {index} #theme",
    "</script><script>throw new Error('ran')</script><img src=x onerror=alert(1)> {index}",
    "Éclat 👩🏽‍🎨🏳️‍🌈 {index}",
    "\u202eright to left\u202c \u2066عطر\u2069 {index}",
    "line\u2028separated\u2029{index} ]]> <!-- ",
    "long {index} " + "word " * 600,
    "",
)
