"""Features → points → clusters → cells. Arrays in, arrays out."""
