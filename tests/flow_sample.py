"""Eight short articles of our own, in a folder, for tests of whole runs with the fake engine."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

from pipeline.config import Config, load_config

ARTICLES = {
    "bakery": "A bakery in Old Harwick burned down early on Thursday. Firefighters from three towns needed five hours. "
    "Nobody was hurt because the staff had left at midnight. The owner, Petra Lindqvist, wants to rebuild.",
    "bridge": "Engineers closed the Marle bridge on Monday after they found cracks in two piers. Repairs will cost $3.4m. "
    "About 9,000 drivers use the bridge on a normal day. The council hopes to open one lane in June.",
    "bus": "The night bus between Aldham and Bramley will stop in March. The operator said that only 14 people rode it "
    "on an average night. Nurses at the county clinic protested on Tuesday. They have no other way to get home.",
    "cranes": "More than 300 cranes have rested on the Sallow meadows this week, wardens reported. That is twice as many as "
    "last year. Farmers left stubble on the fields for the birds. Visitors are asked to stay on the marked paths.",
    "library": "Readers borrowed 41,000 books from the Tarnwick library last year, a record. The library opens on Sundays "
    "since April. Its director, Amos Bell, credited students. The town will pay for two more librarians.",
    "match": "Harwick Rovers beat Dean United 3-1 on Saturday in front of 5,200 people. Striker Ida Moreno scored twice "
    "before the break. Dean missed a penalty in the last minute. Rovers now lead the league by two points.",
    "museum": "The museum of clocks in Port Marle has bought a tower clock from 1786. It was found in a barn near Upper "
    "Dean. Restoring it took four years and cost $210,000. Visitors can see it from Friday.",
    "water": "Families in Lower Stannick must boil their water until Sunday. Tests had found bacteria in a reservoir. "
    "The supplier flushed the pipes on Wednesday and apologised. Schools hand out bottled water to 2,300 pupils.",
}
MORE = (
    "Residents were told by letter. A meeting will be held in the town hall next week, where anyone may ask questions. "
    "The minutes of earlier meetings can be read at the office."
)
REFERENCES = """summary: ["{first} More is in the report."]
bullets: [["{first}", "A second point"]]
headline: ["{first}"]
"""


def write_articles(folder: Path, names: tuple[str, ...] = tuple(ARTICLES)) -> Path:
    """One folder per article, the first two with references."""
    for name in names:
        (folder / name).mkdir(parents=True)
        text = ARTICLES[name].replace(". ", ".\n\n", 1)
        (folder / name / "article.md").write_text(f"# Title of {name}\n\n{text} {MORE}\n")
    for name in names[:2]:
        first = ARTICLES[name].split(". ")[0] + "."
        (folder / name / "references.yaml").write_text(REFERENCES.format(first=first))
    return folder


def flow_config(articles: Path, out: Path, *overrides: str) -> Config:
    """The fake engine over `articles`, few resamples."""
    values = ["engine.name=fake", "score.bootstrap_samples=100", "score.baselines=[lead]", "name=flow"]
    return load_config(None, [*values, *overrides], {"input.path": str(articles), "run.out": str(out)})
