"""Generated French-English sentences with known word links: people, what they do, places, times.

One combination, Jane with Africa and September, is never generated: it is the example of the notes and must be learned from its parts.
"""
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class TemplatePair:
    """A sentence pair; `links` are (French word, English word) of person, place and time."""

    french: str
    english: str
    links: tuple[tuple[str, str], ...]


WOMEN = "Jane Marie Anne Sophie Emma Alice Sarah Claire Laura Nadia Julie Camille".split()
MEN = "Paul Tom Lucas Peter David Julien Thomas Hugo Martin Karim Omar Louis".split()
RELATIVES = [("Mon frère", "My brother", False), ("Ma sœur", "My sister", True), ("Mon père", "My father", False), ("Ma mère", "My mother", True), ("Mon oncle", "My uncle", False), ("Ma tante", "My aunt", True),
             ("Notre voisin", "Our neighbor", False), ("Son ami", "His friend", False), ("Le professeur", "The teacher", False), ("Le médecin", "The doctor", False), ("Leur fille", "Their daughter", True)]
# with article, after "in / to", English
PLACES = [("l'Afrique", "en Afrique", "Africa"), ("l'Europe", "en Europe", "Europe"), ("l'Asie", "en Asie", "Asia"), ("l'Amérique", "en Amérique", "America"), ("l'Australie", "en Australie", "Australia"),
          ("la France", "en France", "France"), ("l'Italie", "en Italie", "Italy"), ("l'Espagne", "en Espagne", "Spain"), ("l'Allemagne", "en Allemagne", "Germany"), ("l'Angleterre", "en Angleterre", "England"),
          ("l'Inde", "en Inde", "India"), ("l'Égypte", "en Égypte", "Egypt"), ("l'Irlande", "en Irlande", "Ireland"), ("l'Algérie", "en Algérie", "Algeria"), ("l'Autriche", "en Autriche", "Austria"),
          ("la Chine", "en Chine", "China"), ("la Russie", "en Russie", "Russia"), ("la Grèce", "en Grèce", "Greece"), ("la Turquie", "en Turquie", "Turkey"), ("la Suisse", "en Suisse", "Switzerland"), ("la Belgique", "en Belgique", "Belgium"), ("la Norvège", "en Norvège", "Norway"),
          ("le Japon", "au Japon", "Japan"), ("le Canada", "au Canada", "Canada"), ("le Brésil", "au Brésil", "Brazil"), ("le Mexique", "au Mexique", "Mexico"), ("le Maroc", "au Maroc", "Morocco"), ("le Portugal", "au Portugal", "Portugal"), ("le Sénégal", "au Sénégal", "Senegal"),
          ("Paris", "à Paris", "Paris"), ("Londres", "à Londres", "London"), ("Rome", "à Rome", "Rome"), ("Boston", "à Boston", "Boston"), ("Tokyo", "à Tokyo", "Tokyo"), ("Berlin", "à Berlin", "Berlin"), ("Genève", "à Genève", "Geneva"), ("Venise", "à Venise", "Venice"), ("Bruxelles", "à Bruxelles", "Brussels")]
MONTHS = list(zip("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(), "January February March April May June July August September October November December".split()))
SEASONS = [("en été", "in summer"), ("en automne", "in autumn"), ("en hiver", "in winter"), ("au printemps", "in spring")]
TIMES = [(f"en {f}", f"in {e}") for f, e in MONTHS] + SEASONS
# French: present, past participle, future, infinitive; English: present, past, base. First with the place as object, then with "in / to".
OBJECT_VERBS = [("visite", "visité", "visitera", "visiter", "visits", "visited", "visit"), ("adore", "adoré", "adorera", "adorer", "loves", "loved", "love"), ("quitte", "quitté", "quittera", "quitter", "leaves", "left", "leave"),
                ("découvre", "découvert", "découvrira", "découvrir", "discovers", "discovered", "discover"), ("traverse", "traversé", "traversera", "traverser", "crosses", "crossed", "cross"), ("explore", "exploré", "explorera", "explorer", "explores", "explored", "explore")]
PLACE_VERBS = [("habite", "habité", "habitera", "habiter", "lives in", "lived in", "live in"), ("travaille", "travaillé", "travaillera", "travailler", "works in", "worked in", "work in"), ("étudie", "étudié", "étudiera", "étudier", "studies in", "studied in", "study in"),
               ("voyage", "voyagé", "voyagera", "voyager", "travels to", "traveled to", "travel to"), ("va", "allé", "ira", "aller", "goes to", "went to", "go to"), ("arrive", "arrivé", "arrivera", "arriver", "arrives in", "arrived in", "arrive in")]
WITH_ETRE = {"allé", "arrivé"}


def clause(rng: random.Random, person: tuple[str, str, bool]) -> tuple[str, str, tuple[str, str]]:
    """Person, verb and place: French, English, the place's link."""
    french_name, english_name, woman = person
    with_article, after_in, place = rng.choice(PLACES)
    as_object = rng.random() < 0.6
    present, participle, future, infinitive, e_present, e_past, e_base = rng.choice(OBJECT_VERBS if as_object else PLACE_VERBS)
    where = with_article if as_object else after_in
    past = f"est {participle}{'e' if woman else ''}" if participle in WITH_ETRE else f"a {participle}"
    not_present = f"n'{present}" if present[0] in "aeéhio" else f"ne {present}"
    french, english = rng.choices([(present, e_present), (past, e_past), (future, f"will {e_base}"), (f"va {infinitive}", f"is going to {e_base}"), (f"{not_present} pas", f"does not {e_base}"), (f"veut {infinitive}", f"wants to {e_base}"), (f"doit {infinitive}", f"must {e_base}")], [34, 24, 14, 10, 7, 6, 5])[0]
    return f"{french_name} {french} {where}", f"{english_name} {english} {place}", (where.split("'")[-1].split()[-1], place)


def lower_first(text: str) -> str:
    return text[0].lower() + text[1:]


def sentence(rng: random.Random) -> TemplatePair | None:
    """One pair, or None when it is the combination that is held out."""
    if rng.random() < 0.75:
        woman = rng.random() < 0.5
        name = rng.choice(WOMEN if woman else MEN)
        person = (name, name, woman)
    else:
        person = rng.choice(RELATIVES)
    french, english, place = clause(rng, person)
    links = [(person[0].split()[-1], person[1].split()[-1]), place]
    when = rng.choice(TIMES)
    dice = rng.random()
    if person[1] == "Jane" and place[1] == "Africa" and when[1] == "in September":
        return None
    if dice < 0.84:
        links.append((when[0].split()[-1], when[1].split()[-1]))
    if dice < 0.7:
        french, english = f"{french} {when[0]}", f"{english} {when[1]}"
    elif dice < 0.84:
        relative = " " in person[0]
        french = f"{when[0].capitalize()}, {lower_first(french) if relative else french}"
        english = f"{when[1][0].upper() + when[1][1:]}, {lower_first(english) if relative else english}"
    dot = "." if rng.random() < 0.7 else ""
    return TemplatePair(french + dot, english + dot, tuple(links))


def template_pairs(count: int, seed: int) -> list[TemplatePair]:
    """`count` pairs with distinct French sides."""
    rng, seen, out = random.Random(seed), set(), []
    while len(out) < count:
        pair = sentence(rng)
        if pair and pair.french not in seen:
            seen.add(pair.french)
            out.append(pair)
    return out
