Feature: A lifecycle that is not ours
  The steps of the kit fit every lifecycle, in English as in Chinese.

  Scenario: Two repairers, and the case ends with the last of them
    Given it is 2022-3-1
    And ada opens Repair "printer"
    Then "printer" waits for desk01
    When desk01 does "Send" on "printer" with:
      | Repairers | bob, carl |
      | Place     | Hall      |
      | Urgent    | yes       |
      | note      | hurry     |
    Then "printer" is "Being repaired"
    And "printer" has 2 of "Job"
    And the "Place" of "printer" is "Hall"
    And "printer" does not wait for desk01
    When 2 days pass
    And bob does "Report" on their "Job" of "printer" with:
      | Cost | 30 |
    Then the "Job" of bob in "printer" is "Done"
    And the "Cost" of the "Job" of bob in "printer" is "30"
    And the "Job" of carl in "printer" is "Waiting"
    When 1 working days pass
    And carl does "Report" on the "Job" of carl in "printer" with:
      | Cost | 12 |
    Then "printer" is "Repaired"

  Scenario: A refusal is told in its own words, and recorded
    Given ada opens Repair "printer"
    When ada does "Send" on "printer" with:
      | Repairers | bob  |
      | Place     | Hall |
    Then it is refused: "Desk"
    And the records of "printer" hold the refused "Send" of ada
    When desk01 does "Send" on "printer" with the note "who?"
    Then it is refused: "Repairers"
    When desk01, for ada, does "Send" on "printer"
    Then it is refused: "may not act on behalf of others"
