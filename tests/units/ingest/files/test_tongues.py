"""Lists with heads in six languages, and those of Zoho and Dynamics, are understood without a word."""

import pytest

from crm_store.values.imports import ImportedRow
from ingest.files.mapping import guess_mapping
from ingest.files.rows import rows
from ingest.files.tables import read_table

OWN = {
    "German": "Nachname;Vorname;Firma;Position;E-Mail-Adresse;Mobiltelefon;Webseite;Land/Region",
    "French": "Nom;Prénom;Société;Fonction;Adresse de messagerie;Téléphone (bureau);Page Web;Pays/Région",
    "Spanish": "Apellidos;Nombre;Compañía;Puesto;Dirección de correo electrónico;Teléfono móvil;Sitio web;País",
    "Italian": "Cognome;Nome;Società;Ruolo;Indirizzo posta elettronica;Cellulare;Pagina Web;Paese",
    "Dutch": "Achternaam;Voornaam;Bedrijf;Functie;E-mailadres;Mobiele telefoon;Webpagina;Land/regio",
    "Portuguese": "Sobrenome;Nome;Empresa;Cargo;Endereço de email;Telemóvel;Página da Web;País",
}
FURTHER = (
    "שם פרטי;שם משפחה;חברה;דוא״ל;טלפון",
    "الاسم الأول;اسم العائلة;الشركة;البريد الإلكتروني;الهاتف",
    "Имя;Фамилия;Компания;Электронная почта;Телефон",
    "Jméno;Příjmení;Společnost;E-mail;Telefon",
    "Förnamn;Efternamn;Företag;E-post;Mobil",
    "Όνομα;Επώνυμο;Εταιρεία;Email;Τηλέφωνο",
    "Adı;Soyadı;Şirket;E-posta;Cep telefonu",
    "名;姓;会社名;メールアドレス;電話番号",
    "이름;성;회사;이메일;전화번호",
)
LINE = "Lee;Ann;Globex;Buyer;ann@globex.example;+44 20 7946 0917;globex.example;Malta"
PROGRAMS = {
    "Zoho contacts": (
        "Record Id,Contact Owner,First Name,Last Name,Account Name,Email,Mobile,Title,Lead Source",
        "zcrm_1,Ada,Ann,Lee,Globex,ann@globex.example,+44 20 7946 0917,Buyer,Fair",
        "customers",
    ),
    "Zoho leads": (
        "Record Id,Lead Owner,Company,First Name,Last Name,Designation,Email,Phone,Lead Status",
        "zcrm_1,Ada,Globex,Ann,Lee,Buyer,ann@globex.example,+44 20 7946 0917,New",
        "customers",
    ),
    "Zoho accounts": (
        "Record Id,Account Name,Account Owner,Website,Industry,Phone",
        "zcrm_2,Globex,Ada,globex.example,Energy,+44 20 7946 0917",
        "companies",
    ),
    "Zoho deals": (
        "Record Id,Deal Owner,Deal Name,Account Name,Contact Name,Closing Date,Stage,Amount",
        "zcrm_3,Ada,Renewal,Globex,Ann Lee,2026-03-01,Negotiation,1200",
        "deals",
    ),
    "Dynamics contacts": (
        "(Do Not Modify) Contact,(Do Not Modify) Row Checksum,First Name,Last Name,Company Name,Email,Business Phone",
        "0f8a,x9,Ann,Lee,Globex,ann@globex.example,+44 20 7946 0917",
        "customers",
    ),
    "Dynamics accounts": (
        "(Do Not Modify) Account,(Do Not Modify) Modified On,Account Name,Main Phone,Primary Contact,Website,Industry",
        "0f8b,2026-01-01,Globex,+44 20 7946 0917,Ann Lee,globex.example,Energy",
        "companies",
    ),
    "Dynamics opportunities": (
        "(Do Not Modify) Opportunity,Topic,Potential Customer,Contact,Est. Revenue,Est. Close Date,Status,Created On",
        "0f8c,Renewal,Globex,Ann Lee,1200,2026-03-01,Open,2026-01-01",
        "deals",
    ),
}


@pytest.mark.parametrize("language", OWN)
def test_a_list_of_people_is_read_in_any_of_these_languages(language: str) -> None:
    table = read_table(f"{OWN[language]}\n{LINE}\n".encode(), "list.csv")
    mapping = guess_mapping(table)
    (row,) = rows(table, mapping)
    assert mapping.unknown == ()
    assert (row.name, row.company, row.title) == ("Ann Lee", "Globex", "Buyer")  # type: ignore[union-attr]
    assert (row.emails, row.phones) == (("ann@globex.example",), ("+44 20 7946 0917",))  # type: ignore[union-attr]


@pytest.mark.parametrize("program", PROGRAMS)
def test_lists_of_zoho_and_dynamics_are_recognised(program: str) -> None:
    head, line, kind = PROGRAMS[program]
    table = read_table(f"{head}\n{line}\n".encode(), "list.csv")
    mapping = guess_mapping(table)
    (row,) = rows(table, mapping)
    assert (mapping.program, mapping.kind) == (program, kind)
    assert row.company == "Globex"  # type: ignore[union-attr]
    if kind != "companies":
        assert row.name == "Ann Lee"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Nom;Prénom;Courriel\nDupont;Anne;anne@globex.example\n", "Anne Dupont"),
        ("Nom;Prénom;Courriel\nAnne Dupont;Anne;anne@globex.example\n", "Anne Dupont"),
        ("Name;Vorname;E-Mail\nLee;Ann;ann@globex.example\n", "Ann Lee"),
        ("Nome;Cognome;Email\nAnna;Rossi;anna@globex.example\n", "Anna Rossi"),
        ("Name,Last name,Email\nAnn Lee,Lee,ann@globex.example\n", "Ann Lee"),
    ],
)
def test_a_column_called_name_is_the_other_part_where_one_part_stands_beside_it(raw: str, name: str) -> None:
    table = read_table(raw.encode(), "list.csv")
    (row,) = rows(table, guess_mapping(table))
    assert row.name == name  # type: ignore[union-attr]


@pytest.mark.parametrize("head", FURTHER)
def test_heads_of_further_languages_are_understood(head: str) -> None:
    table = read_table(f"{head}\nAnn;Lee;Globex;ann@globex.example;+44 20 7946 0917\n".encode(), "x.csv")
    (row,) = rows(table, guess_mapping(table))
    assert isinstance(row, ImportedRow)
    assert (row.name, row.company, row.emails) == ("Ann Lee", "Globex", ("ann@globex.example",))
    assert row.phones == ("+44 20 7946 0917",)
