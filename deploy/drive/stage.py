"""What all actors of one drive share: the county, the seed, the pace, and who is a recording.

Nothing here changes after the start; whatever happens is in the server.
"""

import asyncio
import time

import msgspec

from deploy.drive import generator, recordings, scenarios
from deploy.drive.chance import chance
from deploy.drive.chores import Chores
from deploy.drive.county import County
from deploy.drive.scenarios import Scenario
from deploy.drive.series import Recording
from deploy.drive.signals import Patient


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """The choices of the command line, see `options`."""

    seed: int
    speed: float
    recording_speed: float
    interval_s: float
    ack_rate: float
    is_manual: bool
    is_one_incident: bool
    has_dropouts: bool
    units: frozenset[str]


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who plays one patient: a scenario, and a recording if there is one for adults."""

    scenario: Scenario
    age_years: int
    sex: str
    name: str
    recording: Recording | None


class Stage:
    """The shared scenery; ``finished`` is set when the one incident asked for is closed."""

    def __init__(
        self, county: County, habits: Habits, recorded: tuple[Recording, ...] = ()
    ) -> None:
        self.county = county
        self.habits = habits
        self.recorded = recorded
        self.finished = asyncio.Event()

    def chores(self, actor: str) -> Chores:
        """A fresh list of intentions for an actor, by the drive's seed and the wall's clock."""
        return Chores(self.habits.seed, actor, time.monotonic)

    def wall(self, day_s: tuple[float, float]) -> tuple[float, float]:
        """Seconds of the played day as wall seconds."""
        return day_s[0] / self.habits.speed, day_s[1] / self.habits.speed

    def cast(self, incident_id: str, complaint: str, centres: list[str]) -> Cast:
        """Who plays the patient of an incident: the same answer whenever it is asked."""
        rng = chance(self.habits.seed, "cast", incident_id)
        scenario = scenarios.recognise(complaint, centres)
        age_years, sex = scenarios.age_and_sex(scenario, rng)
        name = scenarios.person(rng)["name"]
        if not (self.recorded and scenario.is_adult):
            return Cast(scenario=scenario, age_years=age_years, sex=sex, name=name, recording=None)
        recording = rng.choice(self.recorded)
        return Cast(
            scenario=scenario,
            age_years=recording.age_years if recording.age_years is not None else age_years,
            sex=recording.sex if recording.sex != "unknown" else sex,
            name=name,
            recording=recording,
        )

    def patient(self, patient_id: str, cast: Cast) -> Patient:
        """The signals of a patient, from a moment of the recording drawn for him or her."""
        rng = chance(self.habits.seed, "signals", patient_id)
        if cast.recording is None:
            return generator.Generated(cast.scenario.base, rng, pace=self.habits.speed)
        return recordings.Player(
            cast.recording,
            start_s=recordings.starting_point_s(cast.recording, rng),
            pace=self.habits.recording_speed,
        )
