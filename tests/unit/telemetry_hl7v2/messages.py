"""Messages as monitors send them, written from the standards for these tests."""

MSH = "MSH|^~\\&|{sender}|WARD|GREENLANE|CENTRE|{sent}||{kind}|{control}|P|2.6|||AL|NE||{charset}"


def message(
    *segments: str,
    kind: str = "ORU^R01^ORU_R01",
    sent: str = "20261123120000+0800",
    charset: str = "",
    control: str = "MSG-1",
    sender: str = "MONITOR^0004A30000123456^EUI-64",
) -> str:
    head = MSH.format(kind=kind, sent=sent, charset=charset, control=control, sender=sender)
    return "\r".join((head, *segments)) + "\r"


def obx(
    code: str,
    value: str,
    unit: str,
    *,
    kind: str = "NM",
    status: str = "R",
    at: str = "",
    flags: str = "",
    place: str = "1.7.4.147842",
    device: str = "",
) -> str:
    return f"OBX|1|{kind}|{code}|{place}|{value}|{unit}||{flags}|||{status}|||{at}||||{device}"


HEART = "147842^MDC_ECG_HEART_RATE^MDC"
BEATS = "264864^MDC_DIM_BEAT_PER_MIN^MDC"
PATIENT = "PID|||P-4711^^^HOSPITAL^MR||王^小明||19560203|M"

EUI = "0004A3^^0004A30000123456^EUI-64"

PCD_01 = message(
    PATIENT,
    "OBR|1|SET1|SET1|182777000^monitoring of patient^SCT|||20261123115958.250+0800",
    "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||" + EUI,
    obx(HEART, "72", BEATS),
    obx("150456^MDC_PULS_OXIM_SAT_O2^MDC", "97", "262688^MDC_DIM_PERCENT^MDC"),
    obx("150021^MDC_PRESS_BLD_NONINV_SYS^MDC", "16.0", "265987^MDC_DIM_KILO_PASCAL^MDC",
        at="20261123115500+0800"),
    obx("150364^MDC_TEMP_BODY^MDC", "98.6", "266560^MDC_DIM_FAHR^MDC"),
    obx("150488^MDC_BLD_PERF_INDEX^MDC", "1.8", "262688^MDC_DIM_PERCENT^MDC"),
)  # fmt: skip
