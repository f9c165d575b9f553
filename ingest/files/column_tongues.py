"""What columns are called in further languages, as people of those write it."""

from typing import Final

CALLED: Final = {
    "first_name": "שם פרטי|الاسم الأول|Имя|Ім'я|Vorname|Förnamn|Fornavn|Etunimi|Jméno|Krstné meno|Keresztnév|Prenume"
    "|Imię|Όνομα|Adı|Vardas|Eesnimi|Vārds|Ime|Име|名|이름",
    "last_name": "שם משפחה|اسم العائلة|الكنية|Фамилия|Прізвище|Efternamn|Etternavn|Efternavn|Sukunimi|Příjmení"
    "|Priezvisko|Vezetéknév|Nume de familie|Επώνυμο|Soyad|Soyadı|Pavardė|Perekonnanimi|Uzvārds|Prezime|Priimek"
    "|Презиме|姓|성",
    "name": "שם|שם מלא|שם לקוח|الاسم|الاسم الكامل|اسم العميل|ФИО|Ф.И.О.|Полное имя|Клиент|Контакт|ПІБ|Namn|Navn|Nimi"
    "|Jméno a příjmení|Meno|Meno a priezvisko|Név|Teljes név|Nume|Nume complet|Imię i nazwisko|Ονοματεπώνυμο"
    "|Ad Soyad|Adı Soyadı|Müşteri|Ime i prezime|姓名|名前|氏名|お名前|联系人|聯絡人|客户|客户名称|성명|고객명",
    "email": 'אימייל|דוא"ל|מייל|כתובת מייל|البريد الإلكتروني|البريد|Эл. почта|Электронная почта|Почта|Електронна пошта'
    "|E-post|E-postadress|E-postadresse|Sähköposti|E-mailová adresa|E-mail cím|Adres e-mail|E-posta|E-posta adresi"
    "|El. paštas|E-pasts|Имейл|Ηλεκτρονικό ταχυδρομείο|メール|メールアドレス|Eメール|电子邮件|電子郵件"
    "|邮箱|电子邮箱|이메일",
    "phone": "טלפון|נייד|טלפון נייד|الهاتف|رقم الهاتف|الجوال|رقم الجوال|Мобильный|Мобильный телефон|Номер телефона"
    "|Телефон|Mobil|Mobilnummer|Telefonnummer|Puhelin|Puhelinnumero|Telefonní číslo|Telefónne číslo|Telefonszám"
    "|Număr de telefon|Numer telefonu|Τηλέφωνο|Κινητό|Cep telefonu|Telefonas|Tālrunis|電話|電話番号|携帯|携帯電話|电话"
    "|手机|手机号|電話號碼|전화|전화번호|휴대폰",
    "company": "חברה|שם החברה|الشركة|اسم الشركة|Компания|Организация|Фирма|Компанія|Організація|Företag|Firmanavn"
    "|Virksomhed|Bedrift|Yritys|Společnost|Spoločnosť|Cég|Cégnév|Companie|Nazwa firmy|Εταιρεία|Şirket|Firma adı"
    "|Įmonė|Uzņēmums|Ettevõte|Tvrtka|Podjetje|会社|会社名|企業名|公司|公司名称|公司名稱|회사|회사명",
    "title": "תפקיד|المسمى الوظيفي|الوظيفة|Должность|Посада|Befattning|Titteli|Tehtävä|Stilling|Pozice|Pozícia|Beosztás"
    "|Funcție|Stanowisko|Θέση|Ünvan|Unvan|Pareigos|Amats|役職|職位|职位|직위|직책",
}
"""Of each field of a person; numbers and days of trade are asked for where their columns are not known."""
