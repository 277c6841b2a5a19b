"""Invented people and companies from many scripts, and where they write from.

Data and the picking of it; nothing here knows tables. E-mail addresses and telephone numbers are from the
ranges reserved for examples.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Culture:
    """Names that go together. Every part is the native spelling and its Latin one for addresses."""

    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    companies: tuple[str, ...]
    pattern: str = "{given} {family}"
    """How a full name is put together."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented."""

    full_name: str
    address: str
    """The part of an e-mail address before the number and the at sign."""
    company: str | None


def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """Read `Zoë:zoe Ana` as pairs; a part without a Latin twin is its own, in lower case."""
    pairs = (word.partition(":") for word in text.replace("_", "\u00a0").split(" "))
    return tuple(
        (native.replace("\u00a0", " "), latin or native.lower()) for native, _, latin in pairs
    )


CULTURES = {
    "english": Culture(
        _parts(
            "Olivia Harry Amelia George Freya Oscar Grace Theo Imogen Callum Ruby Declan Siân:sian Zoë:zoe"
        ),
        _parts(
            "Bennett Clarke Hughes Marsh O'Brien:obrien Okafor Fletcher Whitfield Nkemelu Barrow Lowe"
            " Ashdown Bello"
        ),
        (
            "Bello Legal",
            "Tidewater Studio",
            "Northgate Surveyors",
            "Pollen & Co",
            "Fieldnote Research",
        ),
    ),
    "spanish": Culture(
        _parts(
            "Lucía:lucia Álvaro:alvaro Íñigo:inigo Nerea Begoña:begona Hugo Ximena Martín:martin Noa Jesús:jesus"
        ),
        _parts(
            "Núñez:nunez García:garcia Ibáñez:ibanez Ruiz Peña:pena Larrañaga:larranaga Gómez:gomez Vidal"
            " Castaño:castano"
        ),
        ("Taller Azul", "Cartografía Norte", "Hermanos Peña", "Ñandú Films", "Gestoría Vidal"),
    ),
    "french": Culture(
        _parts(
            "Zélie:zelie François:francois Maëlle:maelle Noé:noe Élodie:elodie Rémi:remi Inès:ines"
        ),
        _parts("Lefèvre:lefevre Garçon:garcon Béranger:beranger Hervé:herve Dubois Chaïb:chaib"),
        ("Atelier Lefèvre", "L'Œil Ouvert", "Pâtisserie Chaïb", "Façades & Cie"),
    ),
    "german": Culture(
        _parts("Jörg:joerg Käthe:kaethe Lukas Änne:aenne Björn:bjoern Frieda Götz:goetz Heike"),
        _parts("Müller:mueller Weiß:weiss Schröder:schroeder Krüger:krueger Vogel Straß:strass"),
        ("Müller & Söhne", "Weiß Architekten", "Grünzeug GmbH", "Krüger Licht"),
    ),
    "slavic": Culture(
        _parts(
            "Łukasz:lukasz Agnieszka Zdeněk:zdenek Šárka:sarka Željko:zeljko Mina Jarosław:jaroslaw Đurđa:djurdja"
        ),
        _parts("Wójcik:wojcik Dvořák:dvorak Kovač:kovac Żak:zak Šimek:simek Čermák:cermak Horvat"),
        ("Wójcik Transport", "Studio Dvořák", "Kovač i Sinovi", "Žlutý Dům"),
    ),
    "nordic": Culture(
        _parts(
            "Åsa:asa Jonas Søren:soren Þóra:thora Maja Eilífur:eilifur Øystein:oystein Linnéa:linnea"
        ),
        _parts(
            "Lindqvist Ødegård:odegard Jónsdóttir:jonsdottir Nygård:nygard Bjørk:bjork Åkesson:akesson"
        ),
        ("Nygård Design", "Fjäll & Sjö", "Smørrebrød Works"),
    ),
    "portuguese": Culture(
        _parts("João:joao Conceição:conceicao Inês:ines Tomás:tomas Luísa:luisa Simão:simao"),
        _parts("Lima Magalhães:magalhaes Simões:simoes Araújo:araujo Guimarães:guimaraes Sá:sa"),
        ("Pão & Papel", "Magalhães Consultoria", "Maré Alta"),
    ),
    "turkish": Culture(
        _parts("Şebnem:sebnem Çağla:cagla İlker:ilker Gül:gul Oğuz:oguz Işık:isik"),
        _parts("Yılmaz:yilmaz Öztürk:ozturk Şahin:sahin Çelik:celik Güneş:gunes"),
        ("Çelik Yazılım", "İğne Oyası Atölyesi"),
    ),
    "vietnamese": Culture(
        _parts("Ánh:anh Dũng:dung Hương:huong Quỳnh:quynh Tuấn:tuan"),
        _parts("Nguyễn:nguyen Trần:tran Phạm:pham Đỗ:do"),
        ("Công ty Hoa Sen", "Phạm & Partners"),
        "{family} {given}",
    ),
    "arabic": Culture(
        _parts("نور:noor ليلى:layla عمر:omar يوسف:yusuf سلمى:salma خالد:khalid ريم:reem"),
        _parts("حداد:haddad المنصوري:almansouri خوري:khoury بن_علي:benali النجار:alnajjar"),
        ("شركة النجار للتصميم", "حداد وأولاده", "مكتب الأفق"),
    ),
    "hebrew": Culture(
        _parts("נועה:noa איתי:itai תמר:tamar אורי:uri מיכל:michal"),
        _parts("כהן:cohen לוי:levi ברק:barak שגיא:sagi אבן_צור:evenzur"),
        ("סטודיו לוי", "ברק ושות׳"),
    ),
    "chinese": Culture(
        _parts("伟:wei 秀英:xiuying 子涵:zihan 建国:jianguo 雨桐:yutong 浩然:haoran 欣怡:xinyi"),
        _parts("李:li 王:wang 张:zhang 欧阳:ouyang 陈:chen 赵:zhao"),
        ("远景设计", "蓝海咨询", "张氏贸易有限公司"),
        "{family}{given}",
    ),
    "japanese": Culture(
        _parts("さくら:sakura 健太:kenta 美咲:misaki 翔:sho 陽子:yoko ケイ:kei"),
        _parts("佐藤:sato 高橋:takahashi 渡辺:watanabe 小林:kobayashi 斎藤:saito"),
        ("株式会社みらい", "高橋デザイン", "カフェ・ソラ"),
        "{family} {given}",
    ),
    "korean": Culture(
        _parts("민준:minjun 서연:seoyeon 지훈:jihun 하은:haeun 도윤:doyun"),
        _parts("김:kim 박:park 최:choi 남궁:namgung 이:lee"),
        ("한빛 스튜디오", "박 앤 파트너스"),
        "{family}{given}",
    ),
    "cyrillic": Culture(
        _parts("Олена:olena Дмитро:dmytro Светлана:svetlana Ђорђе:djordje Юлия:yulia Їжак:yizhak"),
        _parts(
            "Шевченко:shevchenko Иванова:ivanova Јовановић:jovanovic Бойко:boyko Кузнецов:kuznetsov"
        ),
        ("Бюро «Шевченко»", "ООО Северный Ветер", "Јовановић и синови"),
    ),
    "greek": Culture(
        _parts("Ελένη:eleni Γιώργος:giorgos Αθηνά:athina Νίκος:nikos Ζωή:zoi"),
        _parts("Παπαδόπουλος:papadopoulos Οικονόμου:oikonomou Βλάχου:vlachou Αγγελής:angelis"),
        ("Αφοί Βλάχου", "Μελέτη ΑΕ"),
    ),
    "devanagari": Culture(
        _parts("आरव:aarav दीया:diya विक्रम:vikram श्रेया:shreya कृष्ण:krishna"),
        _parts("शर्मा:sharma पटेल:patel त्रिपाठी:tripathi जोशी:joshi"),
        ("पटेल एंड संस", "ज्योति डिज़ाइन"),
    ),
    "thai": Culture(
        _parts("สมชาย:somchai ณัฐ:nat พิมพ์ชนก:pimchanok กิตติ:kitti น้ำฝน:namfon"),
        _parts("วงศ์สุวรรณ:wongsuwan ศรีสุข:srisuk ใจดี:jaidee รัตนกุล:rattanakul"),
        ("บริษัท ใจดี จำกัด", "สตูดิโอ น้ำฝน"),
    ),
}
"""The cultures by name; how many come from which is decided by the location."""

_WORDS = (
    "Amber",
    "Harbour",
    "Copper",
    "Juniper",
    "Lantern",
    "Meridian",
    "Quarry",
    "Saffron",
    "Tandem",
)
_TRADES = ("Analytics", "Audio", "Books", "Capital", "Ceramics", "Games", "Health", "Labs", "Works")


def invent_people(random: Random, shares: dict[str, int], count: int) -> list[Person]:
    """Give `count` people; `shares` weighs the cultures. About 60 in 100 write for a company."""
    drawn = random.choices(tuple(shares), weights=tuple(shares.values()), k=count)
    return [_person(random, CULTURES[name]) for name in drawn]


def _person(random: Random, culture: Culture) -> Person:
    given, given_latin = culture.given[int(random.random() * len(culture.given))]
    family, family_latin = culture.family[int(random.random() * len(culture.family))]
    return Person(
        full_name=culture.pattern.format(given=given, family=family),
        address=f"{given_latin}.{family_latin}",
        company=_company(random, culture, family),
    )


def _company(random: Random, culture: Culture, family: str) -> str | None:
    chance = random.random()
    if chance > 0.6:
        return None
    if chance > 0.4:
        return culture.companies[int(random.random() * len(culture.companies))]
    if chance > 0.25:
        return f"{family} & Co"
    word = _WORDS[int(random.random() * len(_WORDS))]
    return f"{word} {_TRADES[int(random.random() * len(_TRADES))]}"
