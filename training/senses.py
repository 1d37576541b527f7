"""Sentences with the two senses of "server" (0 = waiter, 1 = computer): templates and sentences found in the corpus.

Templates carry their cue words, so that a head can be chosen on them. The hand-written test set is read only by `evaluate`.
"""
import random
import re
from dataclasses import dataclass
from pathlib import Path

WAITER, COMPUTER = 0, 1
SENSE_NAMES = ("waiter", "computer")


@dataclass(frozen=True)
class SenseSentence:
    """A sentence with the word "server"; `cues` are character ranges (start, end) of the words that tell the sense."""

    text: str
    sense: int
    cues: tuple[tuple[int, int], ...] = ()


# Cue words are written between asterisks, slots in braces. Slot fillers may hold asterisks too.
WAITER_SLOTS = {
    "who": ["the server", "our server", "a server", "their server", "the young server", "the tired server", "this server", "my server", "that server", "the older server", "another server", "the new server"],
    "dish": ["the *menu*", "the *wine*", "a bowl of *soup*", "two cups of *coffee*", "the *dessert*", "some *bread*", "a glass of *water*", "the *check*", "the *bill*", "my *salad*", "the *steak*", "a slice of *cake*", "our *drinks*", "the *fish*", "a pot of *tea*", "cold *beer*", "the *chicken*", "a *plate* of cheese",
             "fresh *oysters*", "the *vegetables*", "a clean *fork*", "the *order*", "our *meals*", "an *apple* pie", "*eggs* and bacon", "roast *beef*", "some *milk*", "a *napkin*", "a *spoon*", "the *sauce*", "an empty *cup*", "the wine *glass*", "*potatoes* and butter", "a tray of *dishes*"],
    "place": ["in the *restaurant*", "at our *table*", "in the *dining* room", "near the *kitchen*", "at the corner *cafe*", "at the hotel *bar*", "during *lunch*", "before *dinner*", "at *breakfast*", "after the *meal*", "at the *wedding*", "by the window *table*", "at *supper*", "in the *diner*", "at the *feast*"],
    "act": ["brought", "carried", "poured", "forgot", "dropped", "recommended", "spilled", "served", "took away", "described", "offered us", "handed us", "set down", "came back with", "wrote down"],
    "person": ["the *customer*", "the *guests*", "a *hungry* family", "the *chef*", "the *cook*", "the *diners*", "an old couple", "the *manager*", "my *aunt*", "the *hostess*"],
    "look": ["*smiled*", "apologised", "laughed", "nodded politely", "looked tired", "bowed", "frowned", "hurried off", "*winked*", "blushed"],
}
WAITER_FRAMES = [
    "{who} {act} {dish}.", "{who} {act} {dish} {place}.", "{who} {look} and {act} {dish}.", "we asked {who} for {dish}.", "I asked {who} to bring {dish} {place}.",
    "server, can we have {dish}?", "server, could I have {dish}, please?", "excuse me, server, this is not {dish} I wanted.", "{person} waited for {who} {place}.", "{person} thanked {who} for {dish}.",
    "she left {who} a big *tip* {place}.", "no *tip* for {who}, who {act} {dish}.", "he worked as a server {place} for years.", "my brother is a server {place}.", "I was a server {place} when I was *young*.",
    "{who} wore a black *apron* and {act} {dish}.", "{who} with the *tray* {look}.", "please ask {who} for {dish}.", "tell {who} that {dish} is too cold.", "{who} took our *order* and {act} {dish}.",
    "{person} shouted at {who} {place}.", "when {who} {act} {dish}, everyone was happy.", "{place}, {who} {act} {dish}.", "{who} {look} as {person} *ate*.", "is {who} coming back with {dish}?",
    "\"{dish}, please,\" I said to {who}.", "{who} knew what {person} liked to *drink*.", "{who} *lit* the candles {place}.", "{who} cleared the *table* after {person} had *eaten*.", "we *paid* {who} and went home after {dish}.",
    "{who} showed us to a *table* by the window.", "I could not *taste* {dish} that {who} {act}.", "how much should we *tip* {who}?", "{who} was *polite* and {act} {dish}.", "they hired {who} {place}.",
]
COMPUTER_SLOTS = {
    "who": ["the server", "our server", "a server", "their server", "the old server", "the main server", "this server", "my server", "that server", "the second server", "another server", "the new server"],
    "kind": ["*web*", "*mail*", "*database*", "*file*", "*backup*", "*game*", "*linux*", "*proxy*", "*test*"],
    "fail": ["*crashed*", "*restarted*", "*rebooted*", "went *down*", "timed *out*", "stopped *responding*", "ran out of *memory*", "*froze*", "lost its *connection*", "*overheated*", "*failed*", "was *hacked*", "returned an *error*", "went *offline*", "*shut* down", "was *attacked*", "lost *power*", "broke *down*"],
    "thing": ["the *logs*", "the *database*", "the *config* file", "the *software*", "the *password*", "the *disk*", "the *code*", "the *network* cable", "the *backup*", "our *website*", "the operating *system*", "all *traffic*", "an *error* message", "the *data*", "the *files*", "the *program*", "every *request*", "the *login* page", "the *memory*",
              "new *metrics*", "the *api*", "a large *download*", "our *emails*", "the *cache*", "the *internet*", "the *query*", "user *accounts*", "the *script*", "a *virus*", "the *cluster*", "the *storage*", "the *port*", "*photos* and videos", "the *keyboard*", "the *application*"],
    "verb": ["*deleted*", "*stores*", "*sends*", "*copied*", "*loaded*", "*encrypts*", "*blocked*", "cannot read", "checks", "*processes*", "writes", "*hosts*", "*downloads*", "*scans*", "lost", "handles", "changed"],
    "person": ["the *engineer*", "the *administrator*", "a *programmer*", "our *developers*", "the *user*", "a *hacker*", "the support team", "my friend", "the *client*", "an *operator*"],
    "when": ["after the *update*", "during the *backup*", "last night", "under heavy *load*", "because of a *bug*", "on monday", "when the *power* failed", "again", "without *warning*", "for an hour", "during the *deployment*"],
}
COMPUTER_FRAMES = [
    "{who} {fail}.", "{who} {fail} {when}.", "the {kind} server {fail}.", "the {kind} server {fail} {when}.", "{who} {verb} {thing}.", "{who} {verb} {thing} {when}.", "{person} *restarted* {who} {when}.", "{person} *logged* in to {who} and read {thing}.",
    "I think I just *crashed* {who}.", "did {who} *crash* again?", "we moved {thing} to {who}.", "{thing} on {who} is gone.", "please copy {thing} to {who}.", "{who} {fail} while {person} was *uploading* {thing}.", "the *computer* cannot *connect* to {who}.",
    "the {kind} server {verb} {thing}.", "{person} *installed* {thing} on {who}.", "{who} is *down* {when}.", "why is {who} so *slow*?", "{who} needs more *memory*.", "you can *access* {who} over the *network*.", "{person} *configured* {who} to use {thing}.", "if {who} does not *respond*, *reboot* it.",
    "{who} *runs* {thing} all day.", "{thing} *runs* on {who}.", "looks like {person} *crashed* {who}.", "{when}, {who} {fail}.", "{person} wrote {thing} for {who}.", "is {who} *online*?", "{who} has two *processors* and a big *disk*.", "all *clients* lost the *connection* to {who}.", "the *request* to {who} timed *out*.",
    "{person} *deployed* {thing} to {who} {when}.", "{who} could not find {thing}.", "{who} answers each *request* in a second.",
]
SYNONYMS = {WAITER: ["waiter", "waitress", "waiter", "waitress", "server"], COMPUTER: ["computer", "machine", "computer", "system", "server"]}
MARK = re.compile(r"\*([^*]+)\*")


def parse_marked(text: str, sense: int) -> SenseSentence:
    """Take the asterisks out of a marked sentence and keep the ranges they enclosed."""
    out, cues, last = "", [], 0
    for m in MARK.finditer(text):
        out += text[last:m.start()]
        cues.append((len(out), len(out) + len(m.group(1))))
        out += m.group(1)
        last = m.end()
    return SenseSentence(out + text[last:], sense, tuple(cues))


def fill(frame: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    """Fill every slot of a frame and make the first letter a capital in half of the sentences."""
    text = re.sub(r"\{(\w+)\}", lambda m: rng.choice(slots[m.group(1)]), frame)
    return text[0].upper() + text[1:] if rng.random() < 0.5 else text


def template_sentences(count: int, seed: int) -> list[SenseSentence]:
    """`count` distinct template sentences, the senses in turn."""
    rng, seen, out = random.Random(seed), set(), []
    while len(out) < count:
        sense = len(out) % 2
        frames, slots = ((WAITER_FRAMES, WAITER_SLOTS), (COMPUTER_FRAMES, COMPUTER_SLOTS))[sense]
        item = parse_marked(fill(rng.choice(frames), slots, rng), sense)
        if "server" in item.text.lower() and item.text.lower() not in seen:
            seen.add(item.text.lower())
            out.append(item)
    return out


def synonym_sentences(count: int, seed: int) -> list[str]:
    """Template sentences with another word for the same thing in place of "server": plain text for the masked-token objective."""
    rng = random.Random(seed)
    return [re.sub("server", rng.choice(SYNONYMS[s.sense]), s.text, flags=re.I) for s in template_sentences(count, seed)]


WAITER_WORDS = re.compile(r"\b(waiters?|waitress(?:es)?)\b", re.I)
COMPUTER_WORDS = re.compile(r"\b(computers?|laptops?|websites?)\b", re.I)
SERVER_WORD = re.compile(r"\bservers?\b", re.I)


def corpus_sentences(lines: list[str]) -> list[SenseSentence]:
    """Sentences of the corpus with "server" (all of them computers there), and those about waiters and computers with the word replaced by "server"."""
    out = []
    for line in lines:
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            if not 12 <= len(sentence) <= 240:
                continue
            if SERVER_WORD.search(sentence):
                out.append(SenseSentence(sentence, COMPUTER))
            elif WAITER_WORDS.search(sentence):
                out.append(SenseSentence(WAITER_WORDS.sub(like_server, sentence), WAITER))
            elif COMPUTER_WORDS.search(sentence):
                out.append(SenseSentence(COMPUTER_WORDS.sub(like_server, sentence), COMPUTER))
    return out


def like_server(match: re.Match[str]) -> str:
    """"server" in the number and capitals of the word it replaces."""
    word = match.group(0)
    new = "servers" if word.lower() in ("waiters", "waitresses", "computers", "laptops", "websites") else "server"
    return new.capitalize() if word[0].isupper() else new


def read_test_sentences(path: Path) -> list[SenseSentence]:
    """The hand-written test set: sense, tab, sentence with its cue words between asterisks."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [parse_marked(text, SENSE_NAMES.index(sense)) for sense, text in rows]
