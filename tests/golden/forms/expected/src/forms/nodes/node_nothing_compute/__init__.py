"""Take nothing and give nothing back at all."""
