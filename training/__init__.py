"""How the starter models were made: data, tokenizers, models, training, evaluation on the exported files, export."""
