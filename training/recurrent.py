"""The recurrent translator: bidirectional GRU encoder, Bahdanau attention, GRU decoder (Bahdanau, Cho, Bengio 2015). Weights and graph only.

e<t,t'> = v . tanh(W_q s<t-1> + W_k h<t'>), alpha = softmax(e), context<t> = sum over t' of alpha<t,t'> h<t'>.
"""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MASKED = -1e9
LAST_MARK = 3  # ids up to this one are <pad>, <unk>, <SOS>, <EOS>


@dataclass(frozen=True)
class RecurrentConfig:
    """The two directions of the encoder are `encoder_hidden_size` each: their concatenation is what attention reads."""

    vocab_size: int
    embedding_size: int = 128
    encoder_hidden_size: int = 128
    hidden_size: int = 256
    attention_size: int = 128
    dropout: float = 0.15

    def to_dict(self) -> dict:
        return asdict(self)


class RecurrentEncoder(nn.Module):
    def __init__(self, c: RecurrentConfig, shared: nn.Embedding):
        super().__init__()
        self.embed_tokens, self.dropout = shared, nn.Dropout(c.dropout)
        self.gru = nn.GRU(c.embedding_size, c.encoder_hidden_size, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * c.encoder_hidden_size, c.hidden_size)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """States of both directions [row, pos, 256] and the decoder's first state [1, row, hidden]. No padding within a batch."""
        states, last = self.gru(self.dropout(self.embed_tokens(ids)))
        return without_marks(states, ids), torch.tanh(self.bridge(torch.cat([last[0], last[1]], -1)))[None]

    def padded(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """The same for rows of different lengths; padding is id 0 at the end."""
        lengths = (ids != 0).sum(1)
        packed = nn.utils.rnn.pack_padded_sequence(self.dropout(self.embed_tokens(ids)), lengths, batch_first=True, enforce_sorted=False)
        states, last = self.gru(packed)
        states, _ = nn.utils.rnn.pad_packed_sequence(states, batch_first=True, total_length=ids.shape[1])
        return without_marks(states, ids), torch.tanh(self.bridge(torch.cat([last[0], last[1]], -1)))[None]


def without_marks(states: Tensor, ids: Tensor) -> Tensor:
    """Zero at <SOS>, <EOS> and padding: a state of zeros is never attended to.

    The forward state at <EOS> sums up the whole sentence, and attention would rest there instead of on words.
    """
    return states * (ids > LAST_MARK)[:, :, None].to(states.dtype)


def unattended(values: Tensor) -> Tensor:
    """[row, key, 256] -> [row, 1, key], MASKED where a state is zero"""
    return (values.abs().sum(-1) == 0)[:, None].to(values.dtype) * MASKED


class BahdanauAttention(nn.Module):
    """Additive attention: one head."""

    def __init__(self, c: RecurrentConfig):
        super().__init__()
        self.query, self.key, self.energy = nn.Linear(c.hidden_size, c.attention_size, bias=False), nn.Linear(2 * c.encoder_hidden_size, c.attention_size), nn.Linear(c.attention_size, 1, bias=False)

    def forward(self, state: Tensor, values: Tensor, keys: Tensor | None = None, mask: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """state [row, hidden], values [row, key, 256] -> context [row, 256], weights and scores [row, 1, key]; keys = self.key(values) and the mask may be given."""
        query = self.query(state)[:, None]
        scores = self.energy(torch.tanh(query + (self.key(values) if keys is None else keys))).transpose(1, 2)
        scores = scores + (unattended(values) if mask is None else mask)
        weights = scores.softmax(-1)
        return torch.matmul(weights, values)[:, 0], weights, scores


class RecurrentDecoder(nn.Module):
    def __init__(self, c: RecurrentConfig, shared: nn.Embedding):
        super().__init__()
        self.embed_tokens, self.dropout, self.attention = shared, nn.Dropout(c.dropout), BahdanauAttention(c)
        wide, self.size = 2 * c.encoder_hidden_size, c.hidden_size
        self.from_word, self.from_context, self.from_state = nn.Linear(c.embedding_size, 3 * c.hidden_size), nn.Linear(wide, 3 * c.hidden_size, bias=False), nn.Linear(c.hidden_size, 3 * c.hidden_size)
        self.readout = nn.Linear(c.hidden_size + wide + c.embedding_size, c.embedding_size)

    def cell(self, inputs: Tensor, state: Tensor) -> Tensor:
        """A GRU cell on inputs [row, 3 hidden] that are projected already."""
        i_reset, i_update, i_new = inputs.split(self.size, -1)
        s_reset, s_update, s_new = self.from_state(state).split(self.size, -1)
        update = torch.sigmoid(i_update + s_update)
        new = torch.tanh(i_new + torch.sigmoid(i_reset + s_reset) * s_new)
        return new + update * (state - new)

    def logits(self, states: Tensor, contexts: Tensor, words: Tensor) -> Tensor:
        """Last axes: hidden, 256, embedding -> vocabulary"""
        return F.linear(self.dropout(torch.tanh(self.readout(torch.cat([states, contexts, words], -1)))), self.embed_tokens.weight)

    def forward(self, ids: Tensor, hidden: Tensor, encoder_outputs: Tensor) -> tuple[Tensor, Tensor]:
        """One step: ids [row, 1], hidden [1, row, hidden] -> logits [row, 1, vocabulary], next hidden."""
        word, state = self.embed_tokens(ids)[:, 0], hidden[0]
        context, _, _ = self.attention(state, encoder_outputs)
        state = self.cell(self.from_word(word) + self.from_context(context), state)
        return self.logits(state, context, word)[:, None], state[None]

    def unrolled(self, ids: Tensor, hidden: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """All steps of given targets [row, pos] -> logits and attention weights [row, target, source]."""
        words, state, keys = self.dropout(self.embed_tokens(ids)), hidden[0], self.attention.key(values)
        mask = unattended(values)
        from_words, states, contexts, weights = self.from_word(words).unbind(1), [], [], []
        for from_word in from_words:
            context, weight, _ = self.attention(state, values, keys, mask)
            state = self.cell(from_word + self.from_context(context), state)
            states.append(state)
            contexts.append(context)
            weights.append(weight)
        return self.logits(torch.stack(states, 1), torch.stack(contexts, 1), words), torch.cat(weights, 1)


class RecurrentTranslator(nn.Module):
    """Encoder and decoder with one embedding table for both languages and the output."""

    def __init__(self, c: RecurrentConfig):
        super().__init__()
        self.config = c
        shared = nn.Embedding(c.vocab_size, c.embedding_size)
        nn.init.normal_(shared.weight, std=0.5)
        self.encoder, self.decoder = RecurrentEncoder(c, shared), RecurrentDecoder(c, shared)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits of every target position; padding is id 0."""
        values, hidden = self.encoder.padded(source)
        return self.decoder.unrolled(target, hidden, values)[0]
