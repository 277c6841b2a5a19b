"""What people write about opportunities: notes in several languages, and names of what is wanted.

Data only. `{n}` in a text stands for a small number.
"""

NOTES = (
    "Needs parking for {n} cars.",
    "Moves in as soon as the old lease ends; {n} desks, quiet corner.",
    'From the contact form: "Do you have phone booths? We are {n} people."',
    "Tour went well. Liked the light on the {n}th floor, asked about dogs.",
    "Left a voicemail, will try again after lunch.",
    "Compares us with two other spaces. Price matters more than location.",
    "Wants 24/7 access and lockable storage.",
    "Sent floor plan and price list.",
    "Budget approved for {n} desks, waiting for the signature.",
    "Necesita sala de reuniones para {n} personas los martes.",
    "Pregunta por la fianza y por el aparcamiento de bicis. ¿Llamar el lunes?",
    "Le gustó la terraza; enviar presupuesto con y sin IVA.",
    "Cherche un bureau fermé pour {n} personnes, à partir de septembre.",
    "A visité deux fois. Préfère un engagement de 6 mois.",
    "Sucht {n} Plätze, möglichst mit Südfenster. Rückruf vereinbart.",
    "Precisa de morada fiscal e {n} horas de sala por mês.",
    "Zainteresowany biurem wirtualnym, prosi o umowę po polsku.",
    "يحتاج مكتبًا هادئًا لفريق من {n} أشخاص.",
    "מעוניינים במשרד סגור ל-{n} אנשים, ללא התחייבות שנתית.",
    "客户希望周五前收到报价，{n} 个工位。",
    "来月から{n}席を希望。見積もり送付済み。",
    "회의실 이용 시간과 주차 문의. {n}명 팀입니다.",
    "Просит тихое место, {n} рабочих мест, договор на год.",
    "Ζήτησε προσφορά για {n} θέσεις και αίθουσα παρουσιάσεων.",
    "{n} लोगों की टीम, अगले महीने से शुरू करना चाहते हैं।",
    "ต้องการโต๊ะทำงาน {n} ที่ และที่จอดรถ",
    "Payment by card only — no invoices, please 🙂",
    "Duplicate of an older enquiry? Same phone number.",
)
"""One line each."""

WANTED = {
    "Hot desk": ("Hot desk – {n} days a week", "Flex {n}", "Lounge pass"),
    "Dedicated desk": ("{n} fixed desks", "Window desk", "Desk by the kitchen"),
    "Private office": ("Studio {n} – 6 desks", "Office {n}", "Corner office, {n} desks"),
    "Event space": ("Evening for {n}0 guests", "Workshop, {n} sessions", "Book launch"),
    "Virtual office": (
        "Mail address, {n} months",
        "Registered address",
        "Mail + {n} meeting hours",
    ),
}
"""Names an opportunity may have, by its type."""

CAMPAIGNS = ("spring-open-house", "founders", "móvil-otoño", "retargeting", "studio-launch")
"""UTM campaigns."""
