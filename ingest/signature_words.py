"""Words around signatures: closings, titles, legal forms, device lines and legal notices."""

import re

_CLOSINGS = (
    "regards|best|kind regards|best regards|warm regards|many thanks|thanks|thank you|thx|cheers|sincerely|"
    "yours sincerely|yours truly|yours faithfully|yours|all the best|best wishes|with regards|respectfully|"
    "cordially|kindly|mit freundlichen grüßen|mit freundlichem gruß|mit freundlichen gruessen|"
    "freundliche grüße|viele grüße|beste grüße|liebe grüße|herzliche grüße|schöne grüße|freundliche grüsse|"
    "mit besten grüßen|gruß|grüße|mfg|vg|lg|cordialement|bien cordialement|bien à vous|sincèrement|"
    "salutations|meilleures salutations|amicalement|à bientôt|saludos|un saludo|saludos cordiales|"
    "atentamente|cordialmente|un cordial saludo|atenciosamente|abraços|cumprimentos|obrigado|obrigada|"
    "distinti saluti|cordiali saluti|saluti|un saluto|met vriendelijke groet|met vriendelijke groeten|"
    "vriendelijke groet|vriendelijke groeten|groeten|hartelijke groet|mvg|pozdrawiam|z poważaniem|"
    "pozdrowienia|serdecznie pozdrawiam|med venlig hilsen|venlig hilsen|kh|vh|kærlig hilsen|mvh|hilsen|"
    "med vennlig hilsen|vennlig hilsen|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|"
    "med vänlig hälsning|bästa hälsningar|ystävällisin terveisin|terveisin|с уважением|"
    "с наилучшими пожеланиями|всего доброго|з повагою|s pozdravem|s pozdravom|üdvözlettel|saygılarımla|"
    "iyi çalışmalar|cu stimă|με εκτίμηση|lep pozdrav|"
    "srdačan pozdrav|trân trọng|敬具|よろしくお願いいたします|此致|谢谢|감사합니다"
)
CLOSINGS = frozenset(_CLOSINGS.split("|"))
_TITLE_WORDS = (
    "accountant|accountmanager|achats|acheteur|administrator|adviser|adviseur|advisor|agent|amministratore|"
    "analyst|architect|assistant|associate|attorney|berater|beraterin|buyer|ceo|cfo|chef|chief|cio|"
    "co-founder|commercial|commerciale|compras|conseiller|conseillère|consulente|consultant|controller|coo|"
    "coordenador|coordinator|counsel|cto|daglig|designer|developer|directeur|director|directora|directrice|"
    "direktør|diretor|diretora|direttore|direttrice|dyrektor|editor|einkauf|einkäufer|engineer|entwickler|"
    "executive|fellow|founder|gerente|geschäftsführer|geschäftsführerin|gérant|gérante|head|hoofd|igazgató|"
    "indkøber|ingegnere|ingeniera|ingeniero|ingenieur|ingénieur|inkoper|inköpare|inżynier|jefa|jefe|"
    "kierownik|konsulent|lawyer|lead|leder|leiter|leiterin|leitung|manager|marketing|myyntipäällikkö|müdür|"
    "müdürü|obchodní|officer|operations|owner|partner|planner|president|prezes|principal|procurement|"
    "producer|professor|projektledare|projektleiter|projektleiterin|prokurist|purchasing|päällikkö|recruiter|"
    "representative|researcher|responsabile|responsable|rådgiver|sachbearbeiter|sales|salgschef|"
    "salgsdirektør|scholar|scientist|secretary|specialist|specjalista|strategist|supervisor|support|säljare|"
    "säljchef|technician|toimitusjohtaja|uzman|vd|vedoucí|ventas|verkoopleider|vertrieb|vertriebsleiter|"
    "vezető|vice|vorstand|vp|økonomichef|ředitel|директор|инженер|менеджер|начальник|руководитель|специалист"
)
TITLE_WORDS = frozenset(_TITLE_WORDS.split("|"))
LEGAL_FORMS = re.compile(
    r"(?<!\w)(?:gmbh|mbh|ag|kg|ohg|ug|e\.?k\.?|inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|"
    r"co|company|group|"
    r"holding|holdings|sarl|s\.à\.?r\.l|sas|s\.?a|s\.?l|s\.?r\.?l|s\.?p\.?a|sp\. z o\.?\s?o|b\.?v|n\.?v|"
    r"ab|a/s|aps|as|"
    r"oyj?|kft|zrt|s\.r\.o|a\.s|d\.o\.o|ооо|зао|оао|a\.ş|ltda|eireli|pty|pte|kk|bhd|株式会社|有限公司)\.?(?!\w)",
    re.IGNORECASE,
)
_SENT = (
    r"sent|get|envoy[ée]e?|enviad[oa]|enviat|gesendet|von mein|inviat[oa]|verzonden|verstuurd|wysłan[eoya]|"
    r"skickat|sendt|"
    r"lähetetty|отправлено|надіслано|изпратено|gönderildi|odesl[áa]no|odoslan[éeo]|poslano|trimis|στάλθηκε|נשלח|"
    r"أُ?رسلت?|مُ?رسل[ةه]?|k[üu]ldve|送信|发自|發自|发送|보냄|보낸|đã gửi|được gửi|dikirim|saadetud|išsiųsta|nosūtīts|"
    r"diirim|via|download|scarica|obter|obtener|télécharger|obtenir|hämta|hent|holen|ophalen|pobierz|скачать|"
    r"завантажити|"
    r"stáhnout|hanki|letöltés"
)
_DEVICES = (
    r"iphon|ipad|ios|android|samsung|galaxy|blackberry|mobile|mobil|handy|smartphone|outlook|yahoo|gmail|nokia|windows|"
    r"device|phone|huawei|xiaomi|telefon|телефон|proton|mail\.ru|airmail|spark|nexus|mailbox|スマートフォン|手机|手機|휴대폰"
)
DEVICE = re.compile(rf"(?:{_SENT})(?!\w{{9}}).{{0,40}}(?:{_DEVICES}).{{0,30}}", re.IGNORECASE)
DEVICE_TOLD = re.compile(
    rf"(?:diese (?:nachricht|e-?mail|mail) wurde|this (?:message|e-?mail) was|ce (?:message|mail) a été|"
    rf"est[ea] (?:mensaje|correo|mensagem|e-mail) (?:fue|ha sido|foi)|questa e-?mail è stata|dit bericht (?:is|werd)) "
    rf".{{0,60}}(?:{_DEVICES}).{{0,60}}",
    re.IGNORECASE,
)
SENT_FROM_A_PROGRAM = re.compile(r"Sent (?:from|using) [A-Z][\w+]{2,20}(?: [A-Z][\w+]{1,20}){0,2}")
DEVICE_FIRST = re.compile(rf"(?:\w{{1,3}} )?(?:{_DEVICES}).{{0,40}}(?:{_SENT})", re.IGNORECASE)
DEVICE_AFTER = re.compile(
    r"(?:von meinem|von meiner|van mijn|fra min|från min|z mojego|depuis mon|desde mi|dal mio|с моего)\b.{0,30}"
    r"(?:gesendet|verzonden|sendt|skickat|.{0,20})",
    re.IGNORECASE,
)
SENT_FROM_MY = re.compile(
    r"sent (?:from my|via|with) (?:[\w+&'.-]+[ ]?){1,5}(?:[(<] ?https?://[^\s()<>]{1,200} ?[)>])?", re.IGNORECASE
)
NOTICE = re.compile(
    r"confidential|privileged|intended (?:recipient|only|solely|for)|disclaimer|vertraulich|confidentiel|"
    r"confidencial|"
    r"riservat|vertrouwelijk|poufn|конфиденц|konfidentiel|fortrolig|sekretess|luottamuksel|"
    r"consider the environment|"
    r"registered in england|virus|unauthori[sz]ed|not the intended|notify the sender|kvkk|privacy notice",
    re.IGNORECASE,
)
FAX = re.compile(r"(?:fax|telefax|telecopie|télécopie|faks|факс|f)\s{0,8}[.:)]?\s{0,8}\(?$", re.IGNORECASE)


def is_title(text: str) -> bool:
    """Whether a line says what somebody does in their company: few words, no digit, one of them a title's."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower())
    return (
        0 < len(words) <= 8 and any(word in TITLE_WORDS for word in words) and not any(sign.isdigit() for sign in text)
    )
