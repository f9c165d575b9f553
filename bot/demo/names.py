"""Names of people by language: given and family names, with their Latin form where the script is another."""

from dataclasses import dataclass
from random import Random

from anyascii import anyascii


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one language; entries are `native` or `native|latin`."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    family_first: bool = False


@dataclass(frozen=True, slots=True)
class FullName:
    """A name as its bearer writes it, and the Latin words that make up an address."""

    shown: str
    given_latin: str
    family_latin: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# No name here may be mistaken for Ann: whoever types `ann` in the demo means Ann Lee.
NAMES = {
    "en": Names(
        _words(
            "Oliver Grace Harry Chloe George Freya Thomas Imogen William Beatrice Edward Rosalind Marcus Priscilla"
            " Desmond Tamsin Kieran Bridget Callum Fiona Trevor Naomi Wesley Gwen Stuart Harriet Clifford Philippa"
            " Robert Elizabeth Michael Katherine Christopher Margaret Benjamin Rebecca"
        ),
        _words(
            "Hughes Carter Pemberton Ashworth Whitaker Fletcher Barlow Thornton Okafor Mensah Gallagher O'Brien Macleod"
            " Sinclair Hargreaves Winslow Chatterjee Delaney Abbott Kingsley Marlowe Prescott Stratton Underhill"
            " Wetherby Peterson Robinson Cartwright"
        ),
    ),
    "de": Names(
        _words("Jürgen Käthe Matthias Ulrike Björn Heike Lukas Sabine Stefan Petra Wolfgang Greta Tobias Friederike"),
        _words("Müller Schröder Weiß Köhler Brandt Vogel Krüger Hoffmann Lindner Jäger Böhm Seidel Straßer Winkelmann"),
    ),
    "fr": Names(
        _words("Amélie Benoît Céline François Geneviève Hélène Jérôme Loïc Margaux Noémie Rémi Solène Théo Zoé"),
        _words("Lefèvre Dubois Moreau Girard Bonnet Rousseau Garnier Chevalier Faure Blanchard Perrin Légaré Marchand"),
    ),
    "es": Names(
        _words("Álvaro Begoña Concepción Diego Esperanza Íñigo Joaquín Lucía Martín Núria Óscar Raúl Sofía Ximena"),
        _words("García Muñoz Ibáñez Castaño Núñez Domínguez Peña Vázquez Rincón Quiñones Herrera Solís Zúñiga"),
    ),
    "it": Names(
        _words("Alessandro Chiara Davide Elisabetta Federico Giulia Lorenzo Martina Niccolò Ottavia Pietro Serena"),
        _words("Rossi Ferrari Esposito Colombo Ricci Marino Conti D'Angelo Galli Moretti Caruso Pellegrini"),
    ),
    "pl": Names(
        _words("Łukasz Małgorzata Paweł Agnieszka Wojciech Bożena Grzegorz Zuzia Michał Stanisława Tadeusz Żaneta"),
        _words("Wójcik Kowalczyk Zieliński Szymczak Dąbrowski Jabłoński Pawłowska Gołębiowski Krawczyk Świątek"),
    ),
    "sv": Names(
        _words("Åsa Björn Elin Gösta Håkan Ingrid Lars Maja Nils Pär Sigrid Torbjörn Ulla"),
        _words("Lindqvist Bergström Åkesson Sjöberg Nyström Öberg Hallgren Söderlund Ekdahl Dahlbäck"),
    ),
    "pt": Names(
        _words("João Conceição Inês Gonçalo Beatriz Rúben Mafalda Tomás Leonor Simão Luís Graça"),
        _words("Gonçalves Magalhães Simões Teixeira Araújo Conceição Figueiredo Brandão Rebelo Vilhena"),
    ),
    "ru": Names(
        _words(
            "Дмитрий|Dmitri Светлана|Svetlana Сергей|Sergei Екатерина|Ekaterina Михаил|Mikhail Ольга|Olga Юрий|Yuri"
        ),
        _words("Соколов|Sokolov Кузнецова|Kuznetsova Лебедев|Lebedev Морозова|Morozova Волков|Volkov Орлова|Orlova"),
    ),
    "el": Names(
        _words("Γιώργος|Giorgos Ελένη|Eleni Νίκος|Nikos Σοφία|Sofia Κώστας|Kostas Δήμητρα|Dimitra"),
        _words("Παπαδόπουλος|Papadopoulos Οικονόμου|Oikonomou Γεωργίου|Georgiou Βλάχος|Vlachos Αλεξίου|Alexiou"),
    ),
    "ja": Names(
        _words("健太|Kenta 美咲|Misaki 大輔|Daisuke 由美子|Yumiko 翔太|Shota さくら|Sakura 直樹|Naoki"),
        _words("佐藤|Sato 鈴木|Suzuki 高橋|Takahashi 渡辺|Watanabe 山本|Yamamoto 小林|Kobayashi"),
        family_first=True,
    ),
    "zh": Names(
        _words("伟|Wei 秀英|Xiuying 志强|Zhiqiang 晓梅|Xiaomei 建国|Jianguo 丽华|Lihua"),
        _words("王|Wang 陈|Chen 刘|Liu 赵|Zhao 黄|Huang 周|Zhou"),
        family_first=True,
    ),
    "ko": Names(
        _words("민준|Minjun 서연|Seoyeon 지훈|Jihoon 수빈|Subin 현우|Hyunwoo 유진|Yujin"),
        _words("김|Kim 박|Park 최|Choi 정|Jung 강|Kang 윤|Yoon"),
        family_first=True,
    ),
    "ar": Names(
        _words("محمد|Mohammed فاطمة|Fatima يوسف|Youssef مريم|Mariam خالد|Khaled نور|Nour"),
        _words("الحسن|Alhassan المصري|Almasri حداد|Haddad النجار|Alnajjar سليمان|Suleiman"),
    ),
    "hi": Names(
        _words("अमित|Amit प्रिया|Priya राजेश|Rajesh सुनीता|Sunita विक्रम|Vikram दीपिका|Deepika"),
        _words("शर्मा|Sharma पटेल|Patel सिंह|Singh गुप्ता|Gupta मेहता|Mehta"),
    ),
    "tr": Names(
        _words("Ayşe Çağlar Gülşen İbrahim Özlem Şükrü Tuğba Yiğit"),
        _words("Yılmaz Çelik Öztürk Şahin Aydoğan Kılıç Güneş Koç"),
    ),
    "vi": Names(
        _words("Minh Hương Đức Linh Tuấn Thảo Quốc Phượng"),
        _words("Nguyễn Trần Phạm Võ Đặng Bùi"),
        family_first=True,
    ),
    "yo": Names(
        _words("Adébáyọ̀ Fúnmiláyọ̀ Olúwaseun Títílayọ̀ Babátúndé Yétúndé"),
        _words("Adéyẹmí Ògúnlẹ́sẹ̀ Ọláyínká Akíntọ́lá Fálọlá"),
    ),
}

# Written as people do who met the name by ear, or in a hurry.
OTHER_SPELLINGS = {
    "Thomas": "Tomas",
    "Harriet": "Harriett",
    "Philippa": "Phillipa",
    "Katherine": "Catherine",
    "Stuart": "Stewart",
    "Stefan": "Stephan",
    "Matthias": "Mathias",
    "Elisabetta": "Elisabeta",
    "Margaret": "Margret",
    "Lukas": "Lucas",
    "Mohammed": "Mohamed",
    "Jürgen": "Juergen",
    "Müller": "Mueller",
    "Peterson": "Petersen",
    "Sinclair": "Sinclaire",
    "Macleod": "McLeod",
}
SHORT_FORMS = {
    "Thomas": "Tom",
    "William": "Bill",
    "Edward": "Ted",
    "Robert": "Bob",
    "Elizabeth": "Liz",
    "Michael": "Mike",
    "Katherine": "Kate",
    "Christopher": "Chris",
    "Margaret": "Peggy",
    "Benjamin": "Ben",
    "Rebecca": "Becky",
    "Beatrice": "Bea",
    "Philippa": "Pippa",
    "Alessandro": "Sandro",
    "Federico": "Fede",
    "Friederike": "Rike",
    "Wolfgang": "Wolf",
}


def pick(chance: Random, language: str) -> FullName:
    """A full name of that language, written the way the language writes it."""
    names = NAMES[language]
    given, given_latin = _both(chance.choice(names.given))
    family, family_latin = _both(chance.choice(names.family))
    separator = "" if language in {"ja", "zh", "ko"} else " "
    parts = (family, given) if names.family_first else (given, family)
    return FullName(separator.join(parts), given_latin, family_latin)


def local_part(name: FullName, pattern: int) -> str:
    """What stands before the @ of a person, in one of a company's four fashions."""
    given, family = _address_word(name.given_latin), _address_word(name.family_latin)
    return (f"{given}.{family}", f"{given[0]}.{family}", given, f"{given[0]}{family}")[pattern]


def _both(entry: str) -> tuple[str, str]:
    native, _, latin = entry.partition("|")
    return native, latin or native


def _address_word(word: str) -> str:
    return "".join(letter for letter in anyascii(word).lower() if letter.isalnum())
