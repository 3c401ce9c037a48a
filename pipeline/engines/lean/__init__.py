"""A BART encoder-decoder and its beam search in numpy alone: the embedded model's backend where CTranslate2 cannot be
used, and the encoder of its sentence selector.

The same sums as transformers' model and `generate`, and so the same texts, without importing torch: linear layers over
the real tokens only, beams that share what their request shares, and no work for requests that are done.
"""
