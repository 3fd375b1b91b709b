"""The known answers: one script for each prompt, a pure function of the prompt's text.

The provider stub answers with them under both wire formats, so a fallback from one provider to
the other yields the same script and a reader of the stream can compare it to the letter.
"""

from __future__ import annotations

import hashlib
import re

KNOWN_DESCRIPTION = "서울 골목의 작은 빵집이 새벽을 여는 3분짜리 다큐멘터리"
"""The description whose script is published in the facts file."""

MAX_SILENCE_S = 120.0
_SILENCE = re.compile(r"침묵 (\d{1,4}(?:\.\d{1,3})?)(?!\S)", re.ASCII)

_TITLES = ("첫 반죽", "불 켜진 창", "다섯 시의 온기", "골목의 시계", "오늘의 첫 손님")
_PLACES = ("좁은 골목 입구", "불이 막 켜진 작업대", "김이 서린 진열창", "낡은 나무 계산대")
_TIMES = ("새벽 네 시", "동이 트기 직전", "첫차가 지나간 뒤", "비가 그친 아침")
_ACTIONS = (
    "카메라가 밀가루가 내려앉은 손을 천천히 따라간다.",
    "주인공이 오븐 문을 열자 화면이 따뜻한 빛으로 가득 찬다.",
    "자전거 한 대가 지나가고 멀리서 셔터 올리는 소리가 들린다.",
    "아이가 까치발로 진열창 안을 들여다보며 웃는다.",
)
_LINES = (
    "매일 같은 반죽이지만 같은 날은 한 번도 없었어요.",
    "기다리는 사람이 있으니 불을 끌 수가 없지요.",
    "이 냄새를 맡으면 하루가 시작된 줄 압니다.",
    "빵은 거짓말을 못 해요. 시간을 들인 만큼 부풀거든요.",
)
_MAX_QUOTE = 80
_PIECE = re.compile(r"\s*\S+|\s+")


def script_for(prompt: str) -> str:
    """The script for a prompt: about 60 words of Korean, the same text for the same prompt."""
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()
    subject = " ".join(prompt.split())[:_MAX_QUOTE] or "(설명 없음)"
    scenes = []
    for number in range(1, 4):
        a, b, c, d = digest[number * 4 : number * 4 + 4]
        scenes.append(
            f"장면 {number}. {_PLACES[a % len(_PLACES)]}, {_TIMES[b % len(_TIMES)]}\n"
            f"{_ACTIONS[c % len(_ACTIONS)]}\n"
            f"내레이션: {_LINES[d % len(_LINES)]}\n"
        )
    title = _TITLES[digest[0] % len(_TITLES)]
    return f"제목: {title}\n기획: {subject}\n\n" + "\n".join(scenes) + f"\n끝. ({digest.hex()[:8]})"


def silence_of(prompt: str) -> float:
    """Seconds that a model stays silent after the first piece: `침묵 8 ...` asks for 8, else 0."""
    match = _SILENCE.match(prompt)
    return min(float(match[1]), MAX_SILENCE_S) if match else 0.0


def pieces(text: str) -> list[str]:
    """Split a text into the word-sized pieces a model would stream; joined, they are the text."""
    return _PIECE.findall(text)
