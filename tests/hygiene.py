"""What is wrong with a notebook, in sentences that tell its author what to do.

`problems` looks at any notebook that is committed with outputs; `lesson_problems` adds what
a lesson owes its reader. Both only read; `test_hygiene.py` runs them over the course and
plants every defect once to see it found.
"""

import re
from pathlib import Path

from course_utils.claims import CLAIMS, FINDINGS

TAGS = re.compile(
    r"predict|live|instructor|hide-cell|solution|nbval-ignore-output|raises-exception|claim:C\d\d"
)
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|TBD|lorem ipsum)\b|<<<<<<<|>>>>>>>")
MARKER = re.compile(r"# solution\b")  # belongs into solutions/ alone
UNSTABLE = re.compile(r"\bat 0x[0-9a-f]{6,}|/home/|/Users/|/tmp/|[A-Z]:\\\\|\x1b\[")
OUTSIDE = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|!\[[^\]]*\]\(https?:""", re.I)
LONGEST_CELL = 15
OPTIONAL = "*If you have time.*"


def cells_of(notebook, kind=None):
    return [cell for cell in notebook.cells if kind in (None, cell.cell_type)]


def tags_of(cell):
    return cell.metadata.get("tags", [])


def text_of(output):
    """The text of an output, as a reader sees it."""
    if output.output_type == "stream":
        return output.text
    return "\n".join(
        value for mime, value in output.get("data", {}).items() if mime.startswith("text/")
    )


def sections(notebook):
    """Pair every cell with the anchor of the heading it stands under."""
    anchor, pairs = "", []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{1,4} +(.+?) *$", cell.source, re.M)
            if headings:
                anchor = headings[-1].replace(" ", "-")
        pairs.append((anchor, cell))
    return pairs


def anchors(notebook):
    text = "\n\n".join(cell.source for cell in cells_of(notebook, "markdown"))
    return {heading.replace(" ", "-") for heading in re.findall(r"^#{1,4} +(.+?) *$", text, re.M)}


def section_text(notebook, title):
    """The markdown from a `##` heading to the next one."""
    text = "\n\n".join(cell.source for cell in cells_of(notebook, "markdown"))
    match = re.search(rf"^## +{title}\s*$(.*?)(?=^## |\Z)", text, re.M | re.S)
    return match[1] if match else ""


def problems(notebook, path):
    """Return what is wrong with a committed notebook, whatever it is for."""
    found = []
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        found.append("the file is not nbformat 4.5: run `make notebooks`")
    if "widgets" in notebook.metadata:
        found.append("widget state is saved in the file: run `make notebooks`")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("the kernel is not python3")
    ids = [cell.id for cell in notebook.cells]
    found += [f"the id {i} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    count = 0
    for cell in notebook.cells:
        found += [f"cell {cell.id}: {what}" for what in _cell_problems(cell)]
        if MARKER.search(cell.source) and Path(path).parent.name != "solutions":
            found.append(f"cell {cell.id}: a leftover: '# solution'")
        found += [f"cell {cell.id}: {what}" for what in _link_problems(cell, notebook, path)]
        if cell.cell_type == "code":
            count += 1
            if cell.execution_count != count:
                found.append(
                    f"cell {cell.id}: execution count is {cell.execution_count}, not {count}: "
                    "run `make notebooks`"
                )
            found += [f"cell {cell.id}: {what}" for what in _output_problems(cell)]
    return found


def _cell_problems(cell):
    tags = tags_of(cell)
    for tag in tags:
        if not TAGS.fullmatch(tag):
            yield f"unknown tag {tag!r}"
    if not cell.source.strip():
        yield "it is empty"
    if match := LEFTOVERS.search(cell.source):
        yield f"a leftover: {match[0]!r}"
    if match := OUTSIDE.search(cell.source):
        yield f"it loads from outside: {match[0]!r}"
    if cell.cell_type != "code":
        if "predict" not in tags and cell.source.startswith("**Predict"):
            yield "it asks for a prediction but lacks the tag 'predict'"
        return
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    if hidden != ("hide-cell" in tags):
        yield "the tag hide-cell and jupyter.source_hidden go together"
    lines = sum(bool(line.strip()) for line in cell.source.splitlines())
    if lines > LONGEST_CELL and not hidden:
        yield f"{lines} lines of code, more than {LONGEST_CELL}: split it, or fold it (hide-cell)"
    if re.search(r"^from .* import \*|filterwarnings\(|except ImportError", cell.source, re.M):
        yield "a wildcard import, a global warnings filter, or a swallowed ImportError"


def _output_problems(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"its output is an error: {output.ename}"
        if output.output_type == "stream" and output.name == "stderr":
            yield "it prints to stderr: catch the warning and show it on purpose"
        text, data = text_of(output), output.get("data", {})
        plain = re.sub(r"base64,[^\"]*", "", text)
        if match := UNSTABLE.search(plain):
            yield f"its output changes from machine to machine: {match[0]!r}"
        if "image/svg+xml" in data:
            yield "an SVG output carries a date: use show(figure, alt=...)"
        images = re.findall(r"<img\b[^>]*>", data.get("text/html", ""))
        if "image/png" in data and not images:
            yield "a picture without alt text: use show(figure, alt=...)"
        for image in images:
            if not re.search(r'alt="[^"]{20,}"', image[:2000]):
                yield "the picture's alt text says too little: say what the figure shows"
        if OUTSIDE.search(plain):
            yield "its output loads from outside"


def _link_problems(cell, notebook, path):
    if cell.cell_type != "markdown":
        return
    known = anchors(notebook)
    prose = re.sub(r"`[^`\n]*`", "``", cell.source)
    for target in re.findall(r"\]\(((?:[^()\s]|\([^()]*\))+)\)", prose):
        if re.match(r"https?:|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        if file and not (Path(path).parent / file).exists():
            yield f"the link {target} leads nowhere: there is no such file"
        if not file and anchor not in known:
            yield f"the link #{anchor} leads nowhere: there is no such heading"


def lesson_problems(notebook, path, lessons):
    """Return what a lesson lacks; `lessons` are the slugs that exist."""
    slug = Path(path).stem
    course = notebook.metadata.get("course", {})
    if {"minutes", "objectives", "needs"} - course.keys():
        return ["metadata 'course' must hold minutes, objectives and needs"]
    found = [*_title_problems(notebook, course, slug), *_optional_problems(notebook, course)]
    found += [
        f"needs {need}, which does not exist" for need in course["needs"] if need not in lessons
    ]
    if slug == "00_start_here":
        return found
    found += [*_opening_problems(notebook), *_exercise_problems(notebook, path)]
    found += [*_recap_problems(notebook, course), *_question_problems(notebook)]
    for claim in CLAIMS.values():
        if slug[:2] in claim.lessons:
            found += [f"claim {claim.number}: {what}" for what in _claim_problems(notebook, claim)]
    return found


def _title_problems(notebook, course, slug):
    title = notebook.cells[0].source
    if not re.match(rf"# {slug[:2]} · \S", title):
        yield f"the title cell must begin with '# {slug[:2]} · '"
    listed = re.findall(r"^\d+\. (.+)$", title, re.M)
    stated = [re.sub(r"\*\*(.+?)\*\*", r"\1", line) for line in listed]
    if stated != list(course["objectives"]):
        yield "the objectives in the title cell differ from those in the metadata"
    if f"{course['minutes']} minutes" not in title:
        yield f"the title cell does not say '{course['minutes']} minutes'"
    more = course.get("more_minutes")
    if more is not None and not re.search(rf"\b{more} more\b", title):
        yield f"the title cell does not say '{more} more'"
    if slug != "00_start_here":
        if not 3 <= len(listed) <= 4:
            yield f"{len(listed)} objectives: three or four are wanted"
        if not 15 <= course["minutes"] <= 40:
            yield f"{course['minutes']} minutes: a lesson takes 15 to 40"


def _optional_problems(notebook, course):
    marked = any(OPTIONAL in cell.source for cell in cells_of(notebook, "markdown"))
    if marked and "more_minutes" not in course:
        yield f"a part is marked {OPTIONAL}, but the metadata lack more_minutes"
    if not marked and "more_minutes" in course:
        yield f"the metadata hold more_minutes, but no part is marked {OPTIONAL}"


def _opening_problems(notebook):
    opening = "\n".join(cell.source for cell in notebook.cells[1:6])
    if "<summary><b>Recall.</b>" not in opening:
        yield "no recall question in its opening: a folded one that begins <b>Recall.</b>"


def _exercise_problems(notebook, path):
    exercise = Path(path).parents[1] / "exercises" / Path(path).name
    link = f"](../exercises/{exercise.name})"
    if exercise.exists() and link not in section_text(notebook, "Recap"):
        yield f"its recap does not link to the exercise: [exercise {exercise.name[:2]}{link}"


def _recap_problems(notebook, course):
    verbs = [re.match(r"\w+", objective)[0] for objective in course["objectives"]]
    recap = re.findall(r"^\d+\. \*\*(\w+)\*\*", section_text(notebook, "Recap"), re.M)
    if recap != verbs:
        yield f"the recap's verbs {recap} do not mirror the objectives' {verbs}"


def _question_problems(notebook):
    predictions = [i for i, cell in enumerate(notebook.cells) if "predict" in tags_of(cell)]
    if len(predictions) < 2:
        yield f"{len(predictions)} predictions: at least two are wanted"
    for i in predictions:
        if i + 1 == len(notebook.cells) or notebook.cells[i + 1].cell_type != "code":
            yield f"cell {notebook.cells[i].id}: no code follows the prediction"
    questions = re.split(r"^\*\*\d\.\*\*", section_text(notebook, "Check yourself"), flags=re.M)[1:]
    if len(questions) != 3:
        yield f"{len(questions)} questions in 'Check yourself': three are wanted"
    for i, question in enumerate(questions, 1):
        answers = re.findall(r"</summary>\s*(.*?)\s*</details>", question, re.S)
        right = sum(answer.startswith("Right") for answer in answers)
        if len(answers) < 2 or right != 1:
            yield f"question {i}: {len(answers)} answers, {right} of which begin with 'Right'"


def _claim_problems(notebook, claim):
    tag = f"claim:{claim.number}"
    tagged = [(anchor, cell) for anchor, cell in sections(notebook) if tag in tags_of(cell)]
    if not tagged:
        yield f"no cell carries the tag {tag}"
        return
    anchor, cell = tagged[0]
    printed = "\n".join(text_of(output) for output in cell.get("outputs", []))
    found = re.search(rf"^{claim.number} ({'|'.join(FINDINGS)}): ", printed, re.M)
    if not found:
        yield "its cell prints no verdict: call verdict(...)"
        return
    row = re.search(
        rf"^\| \[{claim.number}\]\(#((?:[^()\n]|\([^()]*\))+)\)[^|\n]*\| ([^|\n]*?) \|",
        section_text(notebook, "Verdicts"),
        re.M,
    )
    if not row:
        yield "no row of the table under 'Verdicts' begins with a link to it"
    elif row[1] != anchor:
        yield f"its row links to #{row[1]}, but its cell stands under #{anchor}"
    elif row[2] != found[1]:
        yield f"the table says {row[2]!r}, the cell {found[1]!r}"
