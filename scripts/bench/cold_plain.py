"""The least that writes one summary with transformers: python scripts/bench/cold_plain.py ARTICLE

The model in the package, fp32, beam 4; what is timed beside `precis brief`.
"""

import sys
from pathlib import Path

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

weights = Path(__file__).resolve().parents[2] / "pipeline" / "weights"
tokenizer = AutoTokenizer.from_pretrained(weights)
model = AutoModelForSeq2SeqLM.from_pretrained(weights, dtype=torch.float32)
text = "<s><brief><w6>" + Path(sys.argv[1]).read_text(encoding="utf-8")
inputs = tokenizer(text, return_tensors="pt", add_special_tokens=False, truncation=True, max_length=600)
with torch.inference_mode():
    out = model.generate(**inputs, num_beams=4, max_new_tokens=60)
print(tokenizer.decode(out[0], skip_special_tokens=True))
