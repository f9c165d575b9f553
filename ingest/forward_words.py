"""Words that mail programs write above forwarded and quoted mail; they only rank what the structure has found."""

from enum import StrEnum


class Role(StrEnum):
    """What a line of a header block tells."""

    FROM = "from"
    DATE = "date"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"
    REPLY_TO = "reply_to"
    OTHER = "other"


_LABELS: dict[Role, str] = {
    Role.FROM: (
        "المرسل|from|sender|von|absender|de|expéditeur|remitente|da|mittente|van|afzender|od|nadawca|от|отправитель|"
        "от кого|від|från|avsändare|fra|afsender|avsender|lähettäjä|kimden|gönderen|feladó|odesílatel|"
        "odosielateľ|de la|expeditor|από|saatja|nuo|no|dari|"
        "pengirim|từ|người gửi|差出人|送信者|送信元|发件人|寄件者|寄件人|보낸 사람|"
        "보낸사람|מאת|من|จาก|de part de|šalje|pošiljatelj|pošiljatel|remetente|од|пошиљалац|pošiljalac|nga|nork|frá|"
        "oddi wrth|daripada|از|से|प्रेषक|кімнен|kimdən|ад|mula kay|გამომგზავნი|ումից"
    ),
    Role.DATE: (
        "تم الإرسال|أرسلت|تاريخ|date|sent|date sent|sent on|datum|gesendet|gesendet am|fecha|enviado|enviado el|"
        "enviada em|enviado em|"
        "envoyé|envoyé le|date d'envoi|data|inviato|data invio|verzonden|verzonden op|wysłano|data wysłania|дата|"
        "отправлено|дата отправки|надіслано|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|gönderildi|"
        "gönderme tarihi|tarih|küldve|dátum|elküldve|odesláno|odoslané|trimis|trimis la|ημερομηνία|στάλθηκε|"
        "αποστολή|saadetud|kuupäev|išsiųsta|nosūtīts|datums|"
        "tanggal|dikirim|ngày|đã gửi|gửi|日時|送信日時|日付|发送时间|日期|"
        "时间|寄件日期|傳送日期|보낸 날짜|날짜|נשלח|תאריך|التاريخ|"
        "تاريخ الإرسال|วันที่|ส่ง|enviat|poslano|изпратено|data de envio|послато|poslato|испратено|dërguar|bidalia|"
        "anfonwyd|dihantar|ارسال شده|ارسال|تاریخ|भेजा गया|दिनांक|жіберілді|göndərildi|адпраўлена|ipinadala|saatmisaeg"
    ),
    Role.TO: (
        "to|recipient|an|empfänger|para|a|destinatario|à|pour|destinataire|aan|do|adresat|кому|получатель|кого|"
        "till|mottagare|til|modtager|vastaanottaja|kime|alıcı|címzett|komu|pro|pre|către|destinatar|προς|saaja|"
        "kam|kepada|đến|tới|宛先|收件人|收件者|받는 사람|받는사람|אל|إلى|ถึง|per a|za|prima|до|destinatário|"
        "прималац|primalac|prejemnik|për|nori|به|प्रति|кімге|kimə|каму|para kay|adressaat"
    ),
    Role.CC: (
        "cc|c.c.|kopie|kopie (cc)|kopia|copie|copie à|copia|con copia|cópia|dw|do wiadomości|копия|копія|kopi|"
        "kopi til|kopio|bilgi|másolat|másolatot kap|κοιν.|κοινοποίηση|koopia|kopija|tembusan|đồng gửi|抄送|副本|참조|"
        "עותק|نسخة|نسخة إلى|نسخة كربونية|נسخة|สำเนา|копие|cópia para|sal. kopija"
    ),
    Role.SUBJECT: (
        "subject|re|ogg|betreff|thema|asunto|objet|sujet|oggetto|onderwerp|temat|assunto|тема|ämne|emne|aihe|konu|"
        "tárgy|předmět|predmet|subiect|θέμα|teema|temats|"
        "tema|perihal|subjek|chủ đề|tiêu đề|件名|主题|主旨|標題|제목|נושא|"
        "الموضوع|เรื่อง|assumpte|относно|títol|zadeva|предмет|наслов|naslov|naslov poruke|subjekti|gaia|efni|pwnc|"
        "موضوع|विषय|тақырып|mövzu|тэма|paksa"
    ),
    Role.REPLY_TO: (
        "reply-to|reply to|antwort an|antworten an|responder a|répondre à|rispondi a|beantwoorden|odpowiedz do|"
        "odpowiedź do|ответить на|обратный адрес|svara till|svar til|svar-til|返信先|回复|回覆"
    ),
    Role.OTHER: (
        "sensitivity|vertraulichkeit|flag|follow up flag|categories|kategorien|due by|importância|importanza|priorità|"
        "prioriteit|urgentie|ważność|prioritet|viktighet|важность|重要性|重要度|중요도|"
        "importance|priority|attachments|attachment|anlagen|wichtigkeit|priorität|pièces jointes|importancia|"
        "allegati|bijlagen|załączniki|вложения|bilagor|organization|message-id|bcc|bcc:|resent-from|cci|x-mailer|"
        "категории|when|where|location|required attendees|optional attendees|zeit|ort|wann|wo|quand|où|lieu|cuándo|"
        "dónde|ubicación|quando|dove|luogo|onde|local|wanneer|waar|locatie|kiedy|gdzie|lokalizacja|когда|где|"
        "時間|場所|地点|tid|plats|hvor|hvornår|sted"
    ),
}
ROLES: dict[str, Role] = {label: role for role, labels in _LABELS.items() for label in labels.split("|")}

_FORWARD_PREFIXES = (
    "posr|doorst|enc|fs|fw|fwd|fwd:|i|ilt|i̇lt|pd|přep|rv|rwd|továbbítás|tr|trs|vb|vl|vs-fwd|wg|"
    "προώθ|пересл|転送|轉寄|转发|전달"
)
FORWARD_PREFIXES = frozenset(_FORWARD_PREFIXES.split("|"))
_REPLY_PREFIXES = (
    "odg|antw|atb|aw|bls|odp|r|re|ref|res|rif|réf|rép|sv|vá|ynt|απ|σχετ|отв|ответ|回复|回覆|答复|答覆|返信|답장"
)
REPLY_PREFIXES = frozenset(_REPLY_PREFIXES.split("|"))
UNCLEAR_PREFIXES = frozenset({"vs"})  # A forward in Danish and Norwegian, an answer in Finnish.

_FORWARD_STEMS = (
    "forward|weitergeleitet|reenviad|transféré|transmis|réexpédié|inoltrat|doorgestuurd|doorgezonden|"
    "przekazan|przesłan|przekazyw|encaminhad|переадрес|перенаправ|пересыл|пересл|переслан|vidarebefordra|"
    "välitet|edelleen lähet|videresend|videresendt|iletilen|iletildi|yönlendirilen|továbbít|přepos|preposlan|"
    "redirecț|redirec|προωθ|转发|轉寄|転送|전달|proslijeđ|reexpedi|reenviat|препрат|pārsūt|persiųst|edastat|"
    "diteruskan|chuyển tiếp|הועבר|معاد توجيه|المعاد توجيه|محولة|ส่งต่อ"
)
FORWARD_STEMS = tuple(_FORWARD_STEMS.split("|"))
_ENDS = "end|ends|ende|fin|fine|fim|einde|slut|slutt|loppu|koniec|konec|конец|кінець|край|sfârșit|vége|τέλος|sonu|kraj"
ENDS = frozenset(_ENDS.split("|"))
_ORIGINAL_STEMS = (
    "الأصلية|הודעה מקורית|özgün|вихідне|оригінал|original|ursprüngliche|ursprunglig|oorspronkelijk|oryginaln|"
    "исходное|оригинал|alkuperäinen|oprindelig|"
    "opprinnelig|původní|pôvodná|eredeti|orijinal|原始|元のメッセージ|원본|αρχικό|message d'origine|message d’origine|"
    "mensaje original|messaggio originale|reply message|reply separator|wiadomość pierwotna|izvorna|"
    "první zpráva|оригiнал|tin nhắn gốc"
)
ORIGINAL_STEMS = tuple(_ORIGINAL_STEMS.split("|"))

_WROTE = (
    "wrote|writes|schrieb|geschrieben|escribió|escribio|écrit|ecrit|scritto|scrisse|schreef|geschreven|"
    "napisał|pisze|написал|пишет|писал|skrev|skriver|kirjoitti|escreveu|yazdı|a scris|írta|ezt írta|napsal|"
    "napísal|έγραψε|написав|đã viết|viết|写道|寫道|書きました|のメール|작성|כתב|كتب|เขียน|menulis|escriure|kirjutas|"
    "מאת|rakstīja|rašė|написа|napisao|napisala|a envoyé|sent|följande"
)
WROTE = tuple(_WROTE.split("|"))

_BEHALF = (
    " on behalf of | im auftrag von | de la part de | en nombre de | namens | per conto di | w imieniu | em nome de |"
    " от имени | på uppdrag av | på vegne af | på vegne av | puolesta | adına | v zastoupení "
)
BEHALF = tuple(_BEHALF.split("|"))

_CONNECTING = (
    "at on the of de del la las le à às a um uhr den der am von van om het volgende giorno alle ore il ha hat heeft o "
    "godz w dniu dnia użytkownik г в пользователь kl klo följande el în p ο χρήστης στις р о ezt írta időpont saat "
    "tarihinde şunları odesílatel v ve dne via from by em za ob kell den gmt utc pm am h ons os às"
)
CONNECTING = frozenset(_CONNECTING.split())
