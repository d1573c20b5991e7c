"""Whether a name in a list is that of a structure. A person's is never kept: where it may be one, none is."""

from __future__ import annotations

import re

from diagnostic.directory import plain
from diagnostic.local.kinds import PERSONS, WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CIVILITIES = _words(
    "m mm mr mrs mme mmes mlle mlles melle melles madame mesdames mademoiselle monsieur messieurs veuve"
)
_TITLES = _words("dr docteur docteure pr professeur me maitre")
# What only an establishment begins with: who follows is whom it honours (« Crèche Simone Veil », « École Docteur Roux »).
_HEADS = (
    *(word for template, words in WORDS for word in words if template not in (PERSONS, "autre")),
    "micro creche", "multi accueil", "creche", "halte garderie", "garderie periscolaire", "jardin d enfants", "jardin d eveil",
    "accueil de loisirs", "accueil periscolaire", "accueil extrascolaire", "accueil petite enfance", "accueil collectif",
    "accueil enfants parents", "periscolaire", "centre de loisirs", "centre aere", "centre de vacances", "centre d animation",
    "centre culturel", "centre communal", "centre intercommunal", "centre petite enfance", "centre maternel", "ecole",
    "groupe scolaire", "college", "lycee", "maison de l enfance", "maison de l enfant", "maison de la petite enfance",
    "maison petite enfance", "maison enfance", "maison des enfants", "maison de la famille", "maison des familles",
    "maison de la parentalite", "maison de quartier", "maison pour tous", "maison des jeunes", "maison des associations",
    "maison france services", "france services", "structure", "espace", "pole", "relais", "ludotheque", "mediatheque", "bibliotheque",
    "foyer rural", "amicale laique", "mission locale", "point information jeunesse", "pij", "bij", "ccas", "cias", "mairie",
    "clae", "alae", "mjc", "pmi", "ime", "sessad", "camsp", "cmpp", "salle polyvalente", "salle des fetes",
)  # fmt: skip
# What a person's own house may be called too: the rest has to be a structure's.
_HALF_HEADS = ("maison d assistantes maternelles", "maison d assistants maternels", "mam", "maison", "garderie", "accueil",
               "club", "atelier", "association", "asso")  # fmt: skip
_LINKS = _words("a au aux d de des du en et l la le les n o p s un une pour sur sous chez mon ma mes nos tes")
# Words of childhood that are hardly anyone's name.
_WORDS = _words("""
    abeille abeilles aire anges animaux api arbre arc arche arlequin aventure aventures baleine ballon ballons bambins bambino
    bambinos bateau bebe bebes berceau berceaux bidibulle biberon bisounours bonbon bonbons boutchou boutchous bouts brin bulle
    bulles cabane cabanes calin calins calinou calinous canetons cerf cerfs chat chatons chats chaperon chenille chouettes
    ciel cigale cigales cigogne cigognes cocon comptine comptines copains copines coquelicot coquelicots coquillage coquillages
    couleur couleurs crayon crayons dauphins diabolo dinos doudou doudous eau ecureuils eglantine elephant elephants
    enchante enchantee enchantes enfance enfant enfants etoile etoiles eveil farandole farfadets fees fleurs forets fourmis
    frimousse frimousses galipette galipettes galopins gamins gouter grandir graine graines grenouille grenouilles
    hirondelle hirondelles ile ilot imagine jeu jeux jouets jungle kangourous koalas ciboulette coccinelle coccinelles
    loisirs loulous loupiots loups loustics lucioles luge lune lutins magique malice manege maternelle menthe merveilles mesanges
    mickey mikado minots mirabelle mistral moineaux mome momes monde mosaique moulin mouettes moussaillons musique nid nounours
    nuage nuages oiseau oiseaux oisillons ourson oursons ours papillon papillons parc parents pas passerelle pays patachons peluche
    peluches perles petits petites pirates pirouette pirouettes pitchouns pitchounets planete plage poisson poissons pomme
    pommes poucet poucets poupons poussette poussins prairie prince quenottes rainette reinette recre reve reves reveil
    ribambelle ronde ruche sapins sauterelles savane schtroumpfs soleil soleils souris sources sucre tetines tilleuls titounets tortue
    tortues toupie tournesol tournesols trampoline trampolines tresor tresors trottinette turbulette univers vacances vague verger
    verte zebulon zebulons
    ptits tits tit
    """)  # fmt: skip
_FIRST_NAMES = _words("""
    adele adrien agathe agnes alain albert alexandra alexandre alexis alice aline amandine amelie anais andre andree anne
    annick annie antoine arnaud arthur audrey aurelie aurore axelle beatrice benedicte benoit bernadette bernard brigitte
    bruno camille carine carole caroline catherine cecile celia celine chantal charlene charles charlotte chloe christelle
    christian christiane christine christophe claire claude claudine clemence clement colette coralie corinne cyril damien
    daniel daniele danielle david delphine denis denise didier dominique edith elea elisabeth elise elodie emeline emilie emma
    emmanuel emmanuelle eric estelle eugenie eva evelyne fabien fabienne fabrice fanny fatima fatiha florence florian francine
    francis francois francoise franck frederic frederique gabriel gaelle genevieve georges gerard ghislaine gilles ginette
    guillaume guy helene henri herve hugo huguette ines ingrid isabelle jacqueline jacques jean jeanne jeannine jennifer jerome
    jessica joelle johanna josephine josette josiane julia julie julien juliette justine karima karine khadija laetitia laura
    laure laurence laurent lea leila lena leo leonie liliane lina lise lucas lucie lucienne ludivine ludovic lydie madeleine
    magali malika manon marc marcel marcelle margaux marguerite maria marie marine marion marjorie martine maryse mathieu
    mathilde maud maurice maxime melanie melissa michel michele micheline mireille mohamed monique morgane muriel myriam nadege
    nadia nadine nathalie nicolas nicole noemie nora odette odile olivia olivier ophelie pascal pascale patricia patrick
    paul paula paulette pauline philippe pierre quentin rachel rachid raphael raymond raymonde rebecca regine remi renee
    richard robert roger roland romain romane rosa sabine sabrina said samira samuel sandra sandrine sarah sebastien serge
    severine simon simone solange solene sonia sophie stephane stephanie suzanne sylvain sylvie tatiana theo therese thierry
    thomas tiphaine valentin valerie vanessa veronique victor vincent virginie viviane xavier yann yannick yasmina yolande
    yves yvette yvonne zoe zohra
    """)  # fmt: skip
# La Rocca, La Torre, La Fontaine.
_SURNAMES_IN_LA = re.compile(r".*(?:[aoi]|rre)|fontaine|roche|porte|tour|salle|vigne|croix|combe|haye")
_SHOUTED = re.compile(r"[A-ZÀ-ÖØ-Þ]{2}[A-ZÀ-ÖØ-Þ'’-]*")
_NAMED = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ][\w'’-]*")


def of_structure(text: str) -> str:
    """The name, or nothing where it may be a person's."""
    said = " ".join(text.split())
    words = plain(said).split()
    if not words or _CIVILITIES & set(words) or "@" in said or sum(map(str.isdigit, said)) > 4:
        return ""
    return said if _is_structure(said, words) else ""


def _is_structure(said: str, words: list[str]) -> bool:
    bare = f"{' '.join(words)} "
    for head in sorted(_HEADS, key=len, reverse=True):
        if bare.startswith(f"{head} "):
            return not _in_a_register(said, words[len(head.split()) :])
    if _TITLES & set(words) or _FIRST_NAMES & set(words):
        return False
    for head in _HALF_HEADS:
        if bare.startswith(f"{head} "):
            rest = words[len(head.split()) :]
            return head == "mam" and not rest or bool(rest) and _invented(rest)
    return _invented(words) and not _in_a_register(said, words)


def _in_a_register(said: str, rest: list[str]) -> bool:
    """Whether what follows is written as a register writes persons: the surname shouted, the first name not."""
    told = [word for word in re.split(r"[\s,;()]+", said) if word]
    last = told[-2:]
    if len(last) < 2 or len(rest) < 2:
        return False
    shouted = [bool(_SHOUTED.fullmatch(word)) for word in last]
    named = [bool(_NAMED.fullmatch(word)) for word in last]
    return shouted[0] and named[1] or named[0] and shouted[1]


def _invented(words: list[str]) -> bool:
    """Whether the words make the name of a place: « Les Loups », « La Ruche », « Pomme d’Api », « Le Jardin des Lutins »."""
    own = [word for word in words if word not in _LINKS and not word.isdigit()]
    known = [word for word in own if word in _WORDS]
    if not own or set(own) & _FIRST_NAMES:
        return False
    if len(known) == len(own):
        return len(words) > 1 or own[0].endswith("s")
    alone = len(own) == 1 == len(words) - 1
    match words[0]:
        case "les" | "aux":
            return bool(known) or any(word.endswith(("s", "x")) for word in own)
        case "la":
            return bool(known) or (alone and not _SURNAMES_IN_LA.fullmatch(own[0]))
        case "l":
            return bool(known) or (alone and not own[0].startswith("h"))
        case "le":
            return bool(known)
    return False
