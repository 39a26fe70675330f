"""An answer of null, however often it is given, costs the process nothing."""

import subprocess
import sys

MANY = """
import sys
from workflow.core.expressions import CelExpression

class Scope:
    loops = {}
    def value(self, root, name):
        return [{"class": None, "reply": None}] * 5

nulls = CelExpression("parts.assignment.map(a, a.class)")
records = CelExpression("parts.assignment.filter(a, a.class == null)")
for _ in range(int(sys.argv[1])):
    nulls.evaluate(Scope())
    records.evaluate(Scope())
print("alive")
"""


def test_a_process_survives_any_number_of_null_answers():
    ran = subprocess.run([sys.executable, "-c", MANY, "3000"], capture_output=True, text=True, check=False)

    assert "alive\n" == ran.stdout
    assert 0 == ran.returncode
