"""How mail programs speak in many languages, and one that no table can know: labels, separators, sentences, dates."""

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words that programs of one language put around a mail; `wrote` has places for {day} and {who}."""

    code: str
    sender: str
    date: str
    sent: str
    to: str
    cc: str
    subject: str
    forwarded: str
    begin: str
    original: str
    wrote: str
    forward_prefix: str
    reply_prefix: str
    long_day: str
    outlook_day: str
    device: str
    closing: str

    @property
    def known(self) -> bool:
        """Whether any table may know it."""
        return self.code != "invented"


_TABLE: Final = """
en;From;Date;Sent;To;Cc;Subject;Forwarded message;Begin forwarded message;Original Message;On {day}, {who} wrote:;Fwd;Re
   2 November 2026 at 17:40:08 CET;Monday, November 2, 2026 5:40 PM;Sent from my iPhone;Kind regards
de;Von;Datum;Gesendet;An;Cc;Betreff;Weitergeleitete Nachricht;Anfang der weitergeleiteten Nachricht
   Ursprüngliche Nachricht;Am {day} schrieb {who}:;WG;AW;2. November 2026 um 17:40:08 MEZ
   Montag, 2. November 2026 17:40;Von meinem iPhone gesendet;Mit freundlichen Grüßen
es;De;Fecha;Enviado;Para;Cc;Asunto;Mensaje reenviado;Inicio del mensaje reenviado;Mensaje original
   El {day}, {who} escribió:;RV;RE;2 de noviembre de 2026, 17:40:08 CET;lunes, 2 de noviembre de 2026 17:40
   Enviado desde mi iPhone;Saludos cordiales
fr;De;Date;Envoyé;À;Cc;Objet;Message transféré;Début du message transféré;Message d'origine;Le {day}, {who} a écrit :
   TR;RE;2 novembre 2026 à 17:40:08 UTC+1;lundi 2 novembre 2026 17:40;Envoyé de mon iPhone;Cordialement
it;Da;Data;Inviato;A;Cc;Oggetto;Messaggio inoltrato;Inizio messaggio inoltrato;Messaggio originale
   Il giorno {day} {who} ha scritto:;I;R;2 novembre 2026 alle ore 17:40:08 CET;lunedì 2 novembre 2026 17:40
   Inviato da iPhone;Cordiali saluti
nl;Van;Datum;Verzonden;Aan;CC;Onderwerp;Doorgestuurd bericht;Begin doorgestuurd bericht;Oorspronkelijk bericht
   Op {day} schreef {who}:;FW;RE;2 november 2026 om 17:40:08 CET;maandag 2 november 2026 17:40
   Verstuurd vanaf mijn iPhone;Met vriendelijke groet
pl;Od;Data;Wysłano;Do;DW;Temat;Przekazana wiadomość;Początek przekazywanej wiadomości;Wiadomość oryginalna
   W dniu {day} {who} pisze:;PD;ODP;2 listopada 2026 o 17:40:08 CET;poniedziałek, 2 listopada 2026 17:40
   Wysłane z iPhone'a;Pozdrawiam
pt;De;Data;Enviado;Para;Cc;Assunto;Mensagem encaminhada;Início da mensagem encaminhada;Mensagem original
   Em {day}, {who} escreveu:;ENC;RES;2 de novembro de 2026 às 17:40:08 BRT;segunda-feira, 2 de novembro de 2026 17:40
   Enviado do meu iPhone;Atenciosamente
ru;От;Дата;Отправлено;Кому;Копия;Тема;Пересылаемое сообщение;Начало переадресованного сообщения;Исходное сообщение
   {day}, {who} написал(а):;FW;RE;2 ноября 2026 г. в 17:40:08 GMT+3;2 ноября 2026 г. 17:40;Отправлено с iPhone
   С уважением
sv;Från;Datum;Skickat;Till;Kopia;Ämne;Vidarebefordrat meddelande;Vidarebefordrat mejl;Ursprungligt meddelande
   Den {day} skrev {who}:;VB;SV;2 november 2026 kl. 17:40:08 CET;den 2 november 2026 17:40
   Skickat från min iPhone;Med vänliga hälsningar
da;Fra;Dato;Sendt;Til;Cc;Emne;Videresendt meddelelse;Start på videresendt besked;Oprindelig meddelelse
   Den {day} skrev {who}:;VS;SV;2. november 2026 kl. 17.40.08 CET;2. november 2026 17:40;Sendt fra min iPhone
   Med venlig hilsen
no;Fra;Dato;Sendt;Til;Kopi;Emne;Videresendt melding;Videresendt melding;Opprinnelig melding;{day} skrev {who}:;VS;SV
   2. november 2026 kl. 17:40:08 CET;mandag 2. november 2026 17:40;Sendt fra min iPhone;Med vennlig hilsen
fi;Lähettäjä;Päivämäärä;Lähetetty;Vastaanottaja;Kopio;Aihe;Edelleen lähetetty viesti;Välitetty viesti alkaa
   Alkuperäinen viesti;{who} kirjoitti {day}:;VL;VS;2. marraskuuta 2026 klo 17.40.08 UTC+2
   maanantai 2. marraskuuta 2026 17.40;Lähetetty iPhonesta;Ystävällisin terveisin
cs;Od;Datum;Odesláno;Komu;Kopie;Předmět;Přeposlaná zpráva;Začátek přeposílané zprávy;Původní zpráva
   {day} odesílatel {who} napsal:;PŘEP;RE;2. listopadu 2026 17:40:08 SEČ;pondělí 2. listopadu 2026 17:40
   Odesláno z iPhonu;S pozdravem
hu;Feladó;Dátum;Elküldve;Címzett;Másolatot kap;Tárgy;Továbbított üzenet;Továbbított levél kezdete;Eredeti üzenet
   {who} ezt írta (időpont: {day}):;TOVÁBBÍTÁS;VÁ;2026. november 2. 17:40:08 CET;2026. november 2., hétfő 17:40
   Az iPhone készülékemről küldve;Üdvözlettel
tr;Kimden;Tarih;Gönderildi;Kime;Bilgi;Konu;Yönlendirilen ileti;İletilen mesajın başlangıcı;Orijinal ileti
   {who} şunları yazdı ({day}):;İLT;YNT;2 Kasım 2026 17:40:08 GMT+3;2 Kasım 2026 Pazartesi 17:40
   iPhone'umdan gönderildi;Saygılarımla
ro;De la;Data;Trimis;Către;Cc;Subiect;Mesaj redirecționat;Începutul mesajului redirecționat;Mesaj original
   În {day}, {who} a scris:;FW;RE;2 noiembrie 2026 la 17:40:08 EET;luni, 2 noiembrie 2026 17:40
   Trimis de pe iPhone-ul meu;Cu stimă
el;Από;Ημερομηνία;Στάλθηκε;Προς;Κοιν.;Θέμα;Προωθημένο μήνυμα;Αρχή προωθημένου μηνύματος;Αρχικό μήνυμα
   Στις {day}, ο χρήστης {who} έγραψε:;ΠΡΘ;ΑΠ;2 Νοεμβρίου 2026 στις 17:40:08 EET
   Δευτέρα, 2 Νοεμβρίου 2026 17:40;Στάλθηκε από το iPhone μου;Με εκτίμηση
uk;Від;Дата;Надіслано;Кому;Копія;Тема;Переслане повідомлення;Початок переадресованого повідомлення
   Оригінальне повідомлення;{day} {who} пише:;FW;RE;2 листопада 2026 р. о 17:40:08 EET;2 листопада 2026 р. 17:40
   Надіслано з iPhone;З повагою
ja;差出人;日付;送信日時;宛先;CC;件名;転送されたメッセージ;転送されたメッセージ;元のメッセージ;{day} {who}:;FW;RE
   2026年11月2日 17:40:08 JST;2026年11月2日 17:40;iPhoneから送信;よろしくお願いいたします
zh;发件人;日期;发送时间;收件人;抄送;主题;转发的邮件;开始转发的邮件;原始邮件;{who} 于{day}写道：;转发;回复
   2026年11月2日 GMT+8 17:40:08;2026年11月2日 17:40;发自我的 iPhone;此致
ko;보낸 사람;날짜;보낸 날짜;받는 사람;참조;제목;전달된 메시지;전달된 메시지 시작;원본 메시지;{day}, {who}님이 작성:;전달
   답장;2026. 11. 2. 오후 5:40:08 GMT+9;2026년 11월 2일 월요일 오후 5:40;나의 iPhone에서 보냄;감사합니다
ar;من;التاريخ;تم الإرسال;إلى;نسخة;الموضوع;رسالة معاد توجيهها;بداية الرسالة المعاد توجيهها;الرسالة الأصلية
   في {day}، كتب {who}:;إعادة توجيه;رد;2 نوفمبر 2026 17:40:08 GMT+3;2 نوفمبر 2026 17:40;أُرسلت من الـ iPhone
   مع أطيب التحيات
he;מאת;תאריך;נשלח;אל;עותק;נושא;הודעה שהועברה;התחלת ההודעה שהועברה;הודעה מקורית;בתאריך {day} מאת {who}:;הועבר;תגובה
   2 בנובמבר 2026 בשעה 17:40:08 GMT+2;2 בנובמבר 2026 17:40;נשלח מה-iPhone שלי;בברכה
invented;Zog;Wib;Wibbed;Nar;Nark;Plu;Blorp flarg;Hob blorp flarg;Gorm flarg;Ut {day}, {who} skrall:;BLO;GRU
   2 Krilmond 2026 17:40:08;Fredmok, 2 Krilmond 2026 17:40;Snurp ut ma iPhone;Vlamo grutz
"""


def _tongues() -> dict[str, Tongue]:
    rows: list[str] = []
    for line in _TABLE.strip().split("\n"):
        if line.startswith(" "):
            rows[-1] += ";" + line.strip()
        else:
            rows.append(line)
    found = [Tongue(*row.split(";")) for row in rows]
    return {tongue.code: tongue for tongue in found}


TONGUES: Final = _tongues()
COLUMNS: Final = len(fields(Tongue))
