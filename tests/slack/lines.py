"""What people write in a channel for businesses, to tell questions for the bot from what people say to each other.

`KNOWN` is what the rules were written after. `UNSEEN` was written, by the same hand, before the rules were tried on it:
at the first try 45 of 47 answers were right (.957) and 45 of 48 questions found (.938). One slip that it showed ("taxi"
taken for taxes) was mended; the rules were not fitted to it else.
"""

from __future__ import annotations

KNOWN = """
? Kan jeg servere øl på uteserveringen uten egen bevilling?
? Hvor mye koster en skjenkebevilling
? hvor søker jeg om serveringsbevilling
? Når må søknaden om ambulerende bevilling være inne?
? Må vi ha avfallsplan for et nytt kafélokale?
? Jeg lurer på om vi trenger brukstillatelse før vi åpner
? Noen som vet hva som kreves for å starte food truck?
? Trenger hjelp med søknad om skilt på fasaden
? hei! har dere noen støtteordninger for gründere
? Hei alle sammen, hvem kontakter jeg om leie av kommunal grunn til torgsalg?
? Er det lov å ha levende musikk etter kl 23
? Finnes det tilskudd til grønn omstilling for små bedrifter?
? Gjelder kravet om etablererprøve også for daglig leder?
? hva sier strategi B3
? Hvilke regler gjelder for utleie av rom i egen bolig til turister?
? Hvor lenge er bevillinga gyldig
? lurer på hva fristen er for å levere omsetningsoppgaven
? Vi skal åpne bakeri til våren og lurer på hvilke tillatelser vi må ha.
? Det står i planen at kommunen vil ha flere lærlinger. Hvordan søker vi om å bli lærebedrift?
? kan eg søkje om serveringsløyve digitalt?
? Korleis melder eg frå om ny verksemd?
? Kva må til for å få skjenkeløyve
? Må me ha uteserveringsløyve om vi berre set ut to bord?
? Er det nokon som veit kor lenge sakshandsaminga tek?
? Eg lurer på om me treng løyve til å setje opp skilt.
? kor mykje kostar det å leige torgplass
? How do I apply for a liquor licence?
? do we need a permit to put tables on the pavement
? Can anyone tell me what the deadline for the alcohol fee report is?
? What does the plan say about tourism
? I was wondering if there is any funding for small food producers
? Is it allowed to sell home-made jam at the market?
? Hi, who should I contact about renting the square?
? Need help with the application for a serving licence
? kan vi få skjenkebeviling til et lukket selskap i garasjen
? vordan søker man om bevilling?
? Hvor finner jeg skjemaet for internkontroll mat?
? Skal vi melde fra til Mattilsynet før åpning, eller holder det med bevilling?
? Vet noen om det er mulig å få utsatt fristen?
? Er egentlig litt i tvil her: må styreleder også ha plettfri vandel?
? Vi har fått avslag på søknad om uteservering. Hvordan klager vi, og hva er fristen?
? Trenger man etablererprøven hvis man bare selger kaffe og vafler?
? Hva er reglene for salg av tobakk og snus
? Kunne noen forklart meg forskjellen på serverings- og skjenkebevilling?
? Hvem kan hjelpe oss med finansiering av nytt lokale?
? Søker info om regler for parkering av matvogn i sentrum.
? Åpner frisørsalong til våren, må jeg si ifra til dere først?
? Styreren i baren vår har sagt opp. Kan en av servitørene ta over?
? Hva går arbeidsmiljøloven § 10-4 ut på?
? hvor tett på nabogrensa kan jeg bygge
? når må arbeidskontrakten være skrevet
. Vi har fått bevillingen! Skal vi feire?
. Kari tok kunnskapsprøven i går, kan vi ikke gratulere henne?
. Hei alle sammen!
. God morgen 👋
. Hva skjer?
. Hvordan går det?
. Korleis går det?
. Ikke sant?
. Skal vi ta lunsj?
. Skal vi ta en kaffe kl 12?
. Takk for sist!
. Tusen takk for hjelpen
. Enig!
. Jeg er på kontoret i morgen.
. Møtet er flyttet til torsdag kl 10
. <@UOLA> kan du sende meg søknaden?
. Kari, har du tid til å se på dette?
. Har noen sett nøklene mine?
. Er du på jobb i dag?
. Kommer du på møtet?
. Hvem er med på lunsj?
. Noen som vil være med på padel på torsdag?
. Vi har fått bevillingen, hurra!
. Gratulerer med åpningen!
. Hvor kult er vel ikke det?
. Hva i all verden?
. Seriøst?
. Ja?
. Hæ?
. ok?
. https://example.no/hva-skjer?dag=1
. Minner om næringslivsfrokost på fredag, påmelding innen onsdag.
. Jeg spurte kommunen hva som gjelder, og fikk svar med en gang.
. Det var det jeg lurte på, takk
. Kan vi ikke bare være enige om at det var en fin dag
. How are you?
. What's up?
. Anyone up for lunch?
. See you tomorrow?
. Thanks a lot!
. Sounds good, right?
. Congrats on the opening!
. Can you send me the slides?
. I sent the form yesterday.
. What a day!
. Kva skjer?
. Skal me ta lunsj?
. Er du på kontoret?
. Eg kjem litt seint i dag.
. Når kommer du?
. Hørte dere at Bakeriet skal utvide?
. Har du hatt en fin helg?
. Passer det kl 14?
. Hvem tar referat i dag?
. Kan du ta den, Ola?
. Hva synes dere om den nye logoen vår?
. Nei, hvorfor det?
. lol hvem skrev det
. Ses på torget kl 12?
. <!channel> hvem kan bemanne standen på lørdag?
"""

UNSEEN = """
? Hei, jeg skal starte opp frisørsalong. Er det noe jeg må søke om hos dere?
? hvor mange dager tar det å få svar på en skjenkesøknad
? Kan man ha uteservering om vinteren?
? Noen her som har erfaring med å søke om dispensasjon fra reguleringsplanen?
? Får vi lov til å sette opp et telt på torget i tre dager?
? Hva koster det å leie torgplass en lørdag?
? Vi trenger å vite om vi må ha egen bevilling for take away
? må jeg ta kunnskapsprøven på nytt når jeg bytter lokale
? Hei! Lurer på åpningstidene for skjenking på 17. mai
? Det gjelder en pop-up-butikk i desember, må vi melde den inn noe sted?
? Hvilken aldersgrense gjelder på arrangement med alkohol
? Jeg finner ikke skjemaet for å endre styrer. Hvor ligger det?
? Har kommunen planer om flere ladestasjoner i sentrum?
? Hvem bestemmer åpningstidene for utesteder
? Er vi pliktige til å ha HC-toalett når vi bare har 12 plasser?
? hvordan kan vi bli med i klyngen for havbruk
? Kan noen hjelpe meg å forstå hva «universell utforming» betyr for oss?
? Hvorfor må vi betale gebyr når vi ikke har solgt noe?
? Ønsker å vite mer om tilskudd til bedriftsutvikling
? Kva reglar gjeld for sal av alkohol på festival?
? Treng vi politiattest for å drive kiosk?
? Kan me få forlenga opningstid på nyttårsaftan?
? Kvar sender eg klagen?
? Er det gebyr for å endre namn på løyvet
? eg har spørsmål om støyreglar for konsertar
? Nokon som veit om kommunen har ledige næringstomter?
? Kven har ansvaret for brannsyn i utleigelokale?
? Where can I find the rules for outdoor advertising?
? Are there any grants for hiring apprentices?
? does my food truck need its own serving licence
? Who decides on closing hours for bars?
? We are planning a beer festival in June. What permits do we need?
? How long does it take to process an application
? Could someone explain the difference between the two licences?
? Looking for information on starting a B&B
? må vi ha skjenkebevling for å servere vin til ansatte på julebord
? Hei, hvordan melder jeg flyttig av bedriften til en annen kommune
? Gjelder dette også enkeltpersonforetak?
? hva er egentlig forskjellen mellom næringshagen og næringsavdelingen
? spørsmål: kan lærlinger stå i baren alene?
? Mulig å få møte med næringssjefen om lokaler?
? Vi vurderer å utvide kjøkkenet, krever det byggesøknad?
? I need to know if the sidewalk permit covers heaters
? Trenger vi egentlig HMS-kort for sesongarbeidere?
? Skal serveringsstedet ha egen skjenkestyrer for hvert lokale?
? Åpningstidene for helligdager, hvor finner jeg de?
? Hva gjør jeg hvis styrer slutter
? Is there a limit on how many stalls we can have?
. Noen som har lyst på rester av kake på pauserommet?
. Så bra! Hvem var det som fikset det?
. Kan noen åpne døra?
. Jeg har sendt inn søknaden nå, så får vi se hvor lang tid det tar.
. Husk fristen på fredag!
. Det lurer jeg også på
. Er det bare meg, eller er det kaldt her?
. Hvor ble det av Per?
. Hva med tirsdag?
. Skal vi møtes på Kaffebaren?
. Fikk du eposten min?
. Hadde vært fint med et møte snart
. Hvor mange blir vi i morgen?
. Bra jobba, folkens!
. Vi åpner kl 11 på lørdag, velkommen innom
. Haha, hvem gjorde det?
. Er alle klare?
. Hei Siri! Når skal du til Oslo?
. Hva sa jeg?
. Hvor er dere?
. Hørt om den nye kafeen?
. God helg!
. Kjempebra, takk skal du ha 😊
. Jeg kan ta med kaffe
. Har dere fått med dere at næringsfrokosten er avlyst?
. Hva heter hun igjen?
. Er det noen som har ekstra stoler vi kan låne på lørdag?
. Kva synest de om programmet?
. Kjem du i kveld?
. Takk for i går, det var kjekt!
. Kven tek oppvasken?
. Skal du heim til jul?
. Eg er einig med Ola
. Har du fri i morgon?
. What time are you coming?
. Did you see the match yesterday?
. Good morning everyone, how was your weekend?
. Let's meet at noon
. Does anyone have a charger I can borrow?
. Are you joining us on Friday?
. lol what
. Why not?
. We got the licence, finally!
. I'll ask the municipality how it works
. Will you be there?
. <@UKARI> vet du hvor skjemaet ligger?
. Ok, da gjør vi det sånn. Greit?
. Var det noen som filmet talen til ordføreren?
. Skal vi dele en taxi?
. hvordan gikk det i går
. Vet du når Ola er tilbake?
. Tror du de kommer?
. Er det ledig på møterommet kl 13?
. Hvem har lagd den fine plakaten?
. For en fest! Når er neste?
. Sjekk denne: https://example.no/artikkel?id=3
"""


def read(table: str) -> list[tuple[str, bool]]:
    """The lines of a table, and whether each is a question for the bot."""
    return [(line[2:], line.startswith("?")) for line in table.strip().splitlines()]
