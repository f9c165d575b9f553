"""Short forms and spellings of first names in many languages: evidence that two may be one, never proof."""

from functools import lru_cache

# Families of forms, folded, each ended by a semicolon; a form may stand in several families (Alex, Sasha).
_FAMILIES = """
katherine katharine catherine catharine kathryn katheryn katharina katarina katarzyna catalina caterina ekaterina
  yekaterina catherina katrin kathrin katrina katerina kate katie katy kathy cathy cathie kat kit kitty kay kasia
  kaska katya katia kati kaethe kathe karin karen trina;
elizabeth elisabeth elisabetta elisabet elzbieta elzhbieta yelizaveta elizaveta isabel isabella isabelle ysabel
  eliza elisa elise liz lizzie lizzy lisa liza beth betsy bess betty bettina libby lilibet elsa else ella ela
  lisbeth liesel isa isabela belle bella chabela lisette babette;
margaret margarete margarethe margarita margherita marguerite malgorzata maggie meg megan peggy marge margie margo
  margot greta gretchen grete gosia malgosia rita daisy mags;
mary maria marie mariya maryam miriam marija mariam molly polly mia mimi masha marika marysia marisa mariella
  mariette maruja mari manya marys;
anna ann anne annie ana hannah hanna nan nancy annika anita anja anya ania anka aneta annette anushka nyura ane;
alexander aleksander aleksandr alexandr alexandre alessandro alejandro aleksandar alexandros iskander alex al alec
  alek sandy sasha sascha sacha xander zander lex ale sandro jandro olek shura sanya sandor;
alexandra aleksandra alessandra alejandra alexandrina sandra alex sasha sandy lexi ola olka ale shura;
alexis alexei aleksei alexey aleksey alexej alyosha lyosha alex alessio;
william wilhelm guillaume guillermo guglielmo willem will bill billy willy willie wim liam guille memo helmut
  gugliemo vilhelm;
robert roberto rupert bob bobby rob robbie robby bert robin berto rupp;
richard ricardo riccardo ryszard rick ricky rich richie dick dickie rysiek richi;
james jaime jim jimmy jimmie jamie jem jacques jakob jacob giacomo iago diego santiago jacobo jake kuba jakub yakov
  yasha jago hamish seamus;
john johannes johann juan jean giovanni ivan jan ian sean shaun shawn johan hans hannes hansi jens jon johnny
  johnnie jack jackie vanya juanito gianni nino giovannino janek jasiek jas hannu juha jovan yahya ioan ion evan
  iwan;
jonathan jonathon johnathan jon jonny jonty nathan;
joseph josef giuseppe jose jozef josep yusuf youssef yousef iosif joe joey jo pepe beppe peppe pino pippo sepp jupp
  osip jusuf beppo peppino geppetto jozek zef che;
josephine josefine josefina giuseppina josie jo jozefina pepa pepita fina josee;
michael michel miguel michele mikhail mihail michal mikael mikkel mihai mike mick mickey mikey micha misha mischa
  miki mitch michi michiel micky misza mickael;
michelle michele michaela micaela mikaela shelly shell micha michalina;
stephen steven stefan stephan stefano esteban etienne szczepan stepan steve stevie steffen stef istvan fanis
  stephane estefan;
stephanie stefanie stefania estefania steph steffi stefcia stevie stefani;
christopher christoph kristoffer cristobal krzysztof christophe cristoforo chris kris kit topher krzys krzysiek
  christof stoffel tobal;
christian cristian kristian chris cristiano christiaan kris;
christina christine kristina kristin kirsten kirstin cristina krystyna christiane chris chrissy chrissie tina kris
  krysia crissy christa stina;
thomas tomas tommaso tomasz foma tom tommy thom tomek massimo tomaso tomi masetto;
anthony antonio antoine anton antoni antonius tony toni nino tonino antos toine tonio antonin;
antonia antonina antoinette toni tonia nina tosia netta;
daniel daniele danilo danyal dan danny dani danielle danya danek;
danielle daniela daniella dani dany ella;
david davide dawid dave davey davy dudu dov;
nicholas nicolas nikolaus nikolas nicola nicolo nikolai nikolay mikolaj niccolo nick nicky nico niko klaus claus
  kolya nils niels colin mikkel;
nicole nicola nicoletta nikola nicky niki nikki colette;
peter pedro pietro pierre piotr petr pyotr pete petya pieter petros piet pit perico piotrek pierrot peder per;
paul pablo paolo pavel pawel paulo pauli pasha paulie pol;
paula paola pauline paulina paulette polly pola lina;
francis francisco francesco francois franz franciszek frank frankie paco pancho kiko curro franco cesco ciccio fran
  franek paquito frans franciscus frantisek cecco quico;
frances francesca francisca franziska francoise franciszka fran frannie francie paca paquita franzi franka fanny
  ziska;
frank franklin francis frankie franco;
frederick frederic friedrich federico fryderyk fred freddie freddy fritz fede rick frederik fritzi lico frederico;
frederica friederike federica freddie rike fritzi fede;
edward eduard eduardo edoardo edouard ed eddie eddy ted teddy ned lalo edu edek duarte;
edmund edmond edmundo ed eddie ted ned;
edwin edvin ed eddie ned win;
theodore theodor teodoro fyodor fedor theo ted teddy teo fedya dorek;
charles carlos carlo karl carl karel karol charlie charley chuck chas carlitos chip kalle lolo karlheinz karolek;
charlotte carlotta carlota lotte lottie charlie lola karlotta charline;
caroline carolina karolina carolyn carol carrie caro lina karola carola karo;
henry heinrich henri enrique enrico henryk hendrik harry hal hank heinz hinrich quique kike rico heiko henk henrik
  hinnerk rik heini;
harold harald harry hal;
george georg jorge giorgio jerzy georges yuri yuriy iuri georgy georgi juergen jurgen jorg joerg georgie jurek gino
  jordi jiri goran zhora schorsch joris yura gosha jerry;
georgia georgina georgine georgiana georgie gina gia;
gregory gregor gregorio grzegorz grigori grigory greg gregg grisha goyo grzes grischa gori;
matthew matthias mateo matteo mateusz matthieu mathieu matvei matvey mats mathias matheus matt matty teo hias matze
  mati matus mattia thies;
mark marc marcus markus marco marcos marek maks marko marcel;
andrew andreas andre andres andrea andrzej andrei andrey andy drew andi ander andrejs anders andrzejek dru ondrej
  andrej jedrzej;
andrea andreia andi drea;
laurence lawrence lorenz lorenzo laurent wawrzyniec lavrenty larry lars laurie renzo lauritz enzo lorne laurens;
laura lorena laurel laurie lora lori lauretta loretta lara;
leonard leonardo leonhard leo len lenny leon lenni nardo;
samuel samuele sam sammy samy shmuel;
samantha sam sammy;
benjamin benjamim beniamino ben benny benji benno benj venya beni;
bernard bernardo bernhard bernd bernie barney bern nardo berndt benno;
patrick patricio patrizio patryk pat paddy pato padraig rick patty;
patricia patrizia patrycja pat patty patsy tricia trish trisha paty;
barbara barbra babs barb barbie basia varvara varya baerbel bobbie barbora;
deborah debora deb debbie debby debra;
susan susanne suzanne susanna susana zuzanna zuzana sue susie suzie susi suzy sanne zuza zsuzsa shoshana sanna;
judith judit giuditta judy jude judyta;
jennifer jenifer jen jenny jenn jenna genevieve;
jessica jess jessie jesse;
rebecca rebekah rebeca rebekka becky becca reba beckie;
victoria viktoria wiktoria vittoria vicky vicki vika toria tori vici wika;
victor viktor vittorio wiktor vic vik vitya vico;
vincent vincenzo vicente wincenty vince vinnie vinny enzo chente vin cenzo vinz;
dorothy dorothea dorotea dorota doroteya dot dottie dolly dora thea dorthe doris;
helen helena helene elena yelena jelena ellen eleni ilona nell nellie lena lenka leni ela hela helenka;
eleanor eleonore eleonora leonor elinor ellie nell nora lenore elle norah;
abigail abi abby gail abbie;
theresa teresa therese terezija terry tess tessa tere resi terka reza teresita;
sophia sofia sophie zofia sofiya sonya sonia sonja zosia sophy sofie sofi;
natalie natalia nataliya natalya natasha nat talia tasha nata natacha natka;
julia julie giulia juliana yulia iuliia juliette giulietta jules julka yulya jula juli juliet;
julian julius julio giulio juliusz jules giuliano julek yuliy;
ignatius ignacio ignazio ignacy ignatz nacho iggy inigo nazio;
emmanuel manuel emanuele emanuel manny manolo manu lolo manel imanol;
emmanuelle manuela emanuela manu manuelita;
louis luis luigi ludwig ludovic lodovico luiz lou louie gigi lewis lutz ludek lajos ludwik luisito alois aloys
  aloisius;
louise luisa luise lou lulu gigi lovisa ludwika aloisia;
raymond raimund raimondo ramon ray monchi raimundo;
raphael rafael raffaele rafal rafa raf rafe raffa rafaello;
gabriel gabriele gabe gabi gavril gabryel gaby;
gabrielle gabriela gabriella gabriele gabi gaby brielle;
walter gualtiero valter walt wally wolter walterio;
albert alberto albrecht al bert bertie beto wojciech adalbert berti albin;
alfred alfredo alf al fred alfie fredo;
arthur arturo artur art artie artek turo;
dmitry dmitri dmitriy dimitri demetrio dima mitya dimitrij dimitrios demetrius mitja;
vladimir wladimir volodymyr vova volodya vladi vlad wlodzimierz wlodek;
vladislav wladyslaw vlad slava wladek ladislav ladislao laszlo;
sergei sergey sergej serge sergio serhiy seryozha serzh sergiusz;
svetlana sveta svitlana lana;
tatiana tatyana tatjana tanya tania tanja;
olga olya helga olha ola;
yevgeny evgeny evgeniy eugene eugen eugenio yevgeniy zhenya eugeniusz gene genek geno;
evgenia yevgenia eugenia eugenie zhenya gienia;
konstantin constantin constantine costantino kostya konrad kostas constantino konstanty costa;
anastasia anastasiya nastya nastia stacy asya stasia nastassja;
stanislav stanislaw stanislaus estanislao stas stasiek stan staszek slava;
lyudmila ludmila ljudmila lyuda mila luda;
valentina valentine valya tina wala vale;
irina irene iryna ira irenka rena irka eirene;
nadezhda nadia nadya nadja nadine hope;
galina halina galya hala;
ksenia xenia oksana ksyusha aksana;
larisa larissa lara;
pavla pola paulina;
agnieszka agnes ines agnese aga agi nessa agneta jagna senga;
joanna johanna giovanna juana jeanne jana joan jane janet jean asia joasia hanna hanne ivana jo janka janina vanna
  yana jeannette;
jadwiga hedwig jadzia hedy edwige heda;
zbigniew zbyszek zbych zbynek;
bogdan bohdan boguslaw bogus;
slawomir slawek slavomir;
jaroslaw jarek jaroslav yaroslav jaro;
miroslaw mirek miroslav mirko;
przemyslaw przemek;
kazimierz kazik casimir casimiro;
lukasz lukas lucas luca luke luc lucasz luka luki;
maximilian maximiliano massimiliano maksymilian maksim maxim max massimo maks maxi;
sebastian sebastiano sebastien bastian seb basti bastien wastl seba sebas;
tobias tobia tobiasz tobi toby tobie;
florian floriano flo flori;
dominic dominik domenico domingo dominique dom nick mimmo domi mingo menico nic;
ferdinand fernando ferdinando ferdi fernand nando nan fer hernan hernando;
wolfgang wolf wolfi;
guenther gunther gunter guenter gunnar;
juergen jurgen jorgen;
uwe ulrich ulrike uli ulli;
gerhard gerard gerardo gerd gert gerry jerry gero gherardo;
rudolf rodolfo rudolph rudi rudy rolf ralph ralf rolph;
hubert uberto huberto hubi bert hugo;
siegfried sigfrid siggi sigi;
sabine sabina bine bina;
brigitte brigitta birgit bridget britta gitta gitte birgitta brygida biddy brigida;
gisela gisele gila giselle;
ursula ursel uschi ulla orsola urszula ula;
angela angelika angelica angelina angelique angie geli angelita;
monika monica monique moni mona nika;
veronika veronica veronique vera weronika vroni ronnie nika roni;
cecilia caecilia cecile cecylia celia cissy sheila zilly cilla cila;
dolores lola loli lolita dolly;
concepcion concha conchita chita concetta;
rosario chayo charo rosa;
guadalupe lupe lupita;
mercedes merche meche mercy;
pilar pili;
consuelo chelo;
francisca paca paqui;
jesus chuy chucho suso;
roberta bobbie berta robbie;
rosa rose rosie rosalia rosalie rosita roza rosalind rosemary rosemarie;
salvatore salvador sal toto salva turi salvo;
gennaro januario jenaro gennarino;
luigia gina luisa;
raffaella rafaela raffa rafi;
donatella dona tella;
gianluca luca gianlu;
giancarlo carlo gianca;
pierluigi luigi pigi;
domenica mimma domi;
immacolata imma tina;
nunzia annunziata;
lucia lucy lucie lucille luzia lucinda luz lucja;
mohammed muhammad mohamed mohammad muhammed mohamad mehmet mamadou mo moh hamada mohd;
ahmed ahmad ahmet achmed hamada;
abdullah abdallah abdulla abdul;
abdelrahman abdulrahman abdurrahman abdel;
hussein husain hussain hossein husein huseyin hussam;
hasan hassan;
khaled khalid halid chalid;
omar umar omer;
osman othman uthman ousmane;
ali aly;
fatima fatma fatimah fatemeh fatou fatoumata;
aisha aysha ayesha aicha ayse aischa;
layla leila laila leyla;
khadija khadijah hatice kadija;
zeinab zaynab zainab zeynep;
ibrahim abraham avraham ebrahim brahim abe abram;
ismail ishmael esmail;
mustafa moustafa mustapha;
yasmin jasmin yasmine jasmine jazmin yasemin jas;
sulayman suleiman suleyman solomon soliman sulaiman;
yaqub yakub jacob;
karim kareem;
rashid rasheed rachid;
said saeed sayed;
tariq tarek tarik;
jamal gamal djamal cemal;
nasser nasir naser;
samir sameer;
amina aminah emine;
isaac isaak yitzhak izaak ike ishaq zak;
joshua josh yehoshua josue giosue jesus;
zachary zachariah zach zack zak zacharias zakaria;
nathaniel nathan nat nate natan nathanael;
gerald jerry gerry gerhard;
jeremy jeremiah jeremias jerry jem;
jerome hieronymus geronimo jeronimo hieronim jerry;
ronald ron ronnie ronny reinhold reginald ronan;
reginald reggie reg rex;
donald don donnie donny;
kenneth ken kenny;
timothy timotheus timoteo tim timmy timo timofey tymoteusz;
terence terrence terry;
philip phillip philipp philippe felipe filippo filip phil pip flip pippo lippi filipp;
stuart stewart stu;
douglas doug dougie;
geoffrey jeffrey gottfried geoff jeff goffredo godfrey;
martin martino marcin martijn marty tino maarten marten;
martina martine tina marta marti;
martha marta marthe marty patty marfa;
adam adamo adan adas;
simon simone szymon simeon semyon simao si szymek shimon ximon;
oliver olivier oliviero oliwier ollie olli noll;
olivia olivie oliwia liv livvy ollie;
emily emilia emilie em emmy millie mila emma emilka;
amelia amalia amelie mia millie amy;
emil emilio emile emiliano;
cynthia cindy;
kimberly kim kimmy kimberley;
pamela pam pammy;
sarah sara sally sadie sarita zara;
rachel raquel rachele rachelle rae shelly;
virginia ginny ginger gina;
jacqueline jackie jacky jacqui;
madeleine madeline magdalena magdalene maddalena maddie maddy magda lena madzia leni malena;
beatrice beatrix beatriz bea trixie bice beate beata;
constance konstanze costanza connie constanza stanzi;
cornelia conny nele nelia corrie kornelia;
cornelius kornelius cornelis kees conny neil;
alfonso alphonse alfons fonso poncho al;
rodrigo rodri rodney ruy;
rogelio roger ruggero rutger ruediger rudiger rodger hodge;
vasily vasiliy vassili basil basilio vasya wasyl bazyli;
yury yuri juri yuriy;
oleg oleh;
nikita nick;
li lee;
wang wong;
zhang chang;
manfred manfredo manni manny manne fred; mehmet memo memet mehmed; mustafa musti mustapha muzzo; ibrahim ibo ibra;
hasan haso hassan; suleyman sulo sulayman; fatma fatos fato; ayse ayso ayshe; raffaele lello raffaello rafe raf raffa;
johanna hanneke anneke hanna hannie johanneke jopie anke;
elisabeth sissi sisi lisi liesl liesbeth lies sis elli bettine; jacobus jacob koos ko jaap cobus;
antonius antoon teun toon ton theunis; adrianus adriaan adrian adriano ad aad arie adri janus;
adriana adrienne adri jana; cornelia corrie neeltje nel; petronella nel nelly petra pietje; petra pietra petronela;
wilhelmina wilma mina mien willy minna billie helma velma; gerrit gerard ger gerd;
bartholomew bartholomaus bartolomeo bartolome bartlomiej bart bartek barto tolo; bartosz bartek; sven svenne swen;
lars lasse; jan janne jannik; kristina kicki stina tina; birgitta gittan; erik eric erich enrico eryk ricky rick;
erika erica rika ricki; dieter didi dietrich dirk; guenter gunter gunni guenni;
joachim jochen achim jo jogi joaquin gioacchino jockel; waltraud traudl traudel waltraut;
gertrud gertrude trudi trudy trude gerti gertie gerda; hildegard hilde hilda; mechthild mechtild hille;
adelheid adelaide heidi adele addie; hannelore lore hanne hanni; reinhard rainer reiner hardy reni;
herbert heriberto bert herb herbie; norbert norberto bert norb berti; eberhard ebi hardy; eckhard ekkehard ecki ekki;
annegret gretl anne gret; rosemarie rosi romy; wojciech wojtek wojtus; tadeusz tadek thaddeus tad;
maciej maciek mathias; dariusz darek darius dario; mariusz marius mario mariuszek; arkadiusz arek arkady;
ireneusz irek; waldemar waldek waldi; zdzislaw zdzich zdzisiek; bozena bozenka bozka; danuta danka danusia;
ewa eva eve ewka evita ewunia; marcin marcinek martin; bronislaw bronek; leszek lech leslaw;
benoit ben benedict benedikt benedetto benito benedicto bennet bene; frederic fredo fred; veronique vero;
sandrine sandra; thibault thibaut theobald tibo; gerard gege; maurice mauricio maurizio moritz mauro momo mo maury;
bernadette bernie detti berna; jose ze zeca zezinho; francisco chico xico kiko pacho; francisca chica;
joao jao joaozinho juca john; antonio tonho toninho tunico; luiz lula luizinho; eduardo dudu; aparecida cida;
conceicao conchi ceica; guilherme gui guiga william; henrique kike rique; pasquale lino pasqualino pascal pascual;
gaetano tano nino; agostino agustin augustin august augusto gus tino austin; alessio ale; giuseppina pina beppa;
elisabetta betta elisa; gianfranco franco gian; roberto robi beto; rajesh raj raju; sanjay sanju; rakesh rocky raku;
suresh suri; krishna krish kishan; lakshmi laxmi; priya priyanka pri; deepak dipak deepu; venkatesh venkat venky;
subramaniam subramanian subbu mani; penelope penny nell; valerie valeria val; florence florentina florenz flo florrie;
gwendolyn gwen wendy; harriet henriette henrietta enriqueta hattie harri etta jette; archibald archie arch;
alistair alasdair alastair al; cameron cam; clifford cliff; clifton cliff; leslie les lesley; mitchell mitch;
russell russ rusty; stanley stan; sidney sydney sid syd; trevor trev; malcolm mal; melanie melania mel lani;
melissa mel lissa missy; cassandra cass cassie sandra; gillian jill gill gilly jillian;
allison alison alyson ally allie ali; alice alicia alix ally; roxanne roxana rox roxy; michaela kayla mika;
wilfred wilfried will wilf fred; winifred winnie freddie; harrison harry; nathaniel than; tobias tobe; marvin marv;
melvin mel; calvin cal; randolph randall randy; lillian liliana lilian lily lilly lil; rosalind roz ros;
marilyn mary lyn; lynette lyn linette; linda lin lindy belinda; carolyn carol lyn; nancy nan; ronan ron;
chen chan tan; huang wong hwang;
"""


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    related_forms: dict[str, set[str]] = {}
    for line in _FAMILIES.split(";"):
        family = {form for form in line.split() if form.isascii()}
        for form in family:
            related_forms.setdefault(form, set()).update(family - {form})
    return {form: frozenset(others) for form, others in related_forms.items()}


def related(name: str) -> frozenset[str]:
    """The folded forms that may stand for this folded first name, without itself; empty where none are known."""
    return _table().get(name, frozenset())


def are_related(one: str, other: str) -> bool:
    """True where one folded first name may stand for the other."""
    return other in related(one)


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The folded first names of the table."""
    return frozenset(_table())


def pairs() -> tuple[tuple[str, str], ...]:
    """Every (form, other form), sorted, for a table of nicknames in the store."""
    return tuple(sorted((form, other) for form, others in _table().items() for other in others))
