"""Write the PDF deck of the sample course's second session, the same bytes every time.

Usage: python tools/make_sample_slides.py [OUTPUT]   (default: samples/sesion-2/diapositivas.pdf)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

OUTPUT = Path(__file__).resolve().parents[1] / "samples" / "sesion-2" / "diapositivas.pdf"
TITLE = "Sesión 2. Atención y Transformers"
AUTHOR = "Lucía Herrera"
FOOTER = f"{TITLE} · {AUTHOR}"
CREATED = datetime(2025, 1, 1, tzinfo=UTC)  # any fixed instant: fpdf2 would otherwise write today's
PAGE = (297, 167)  # millimetres, 16:9
MARGIN = 18


@dataclass(frozen=True)
class Slide:
    """A title, its bullets and, below them, a formula or code in fixed width and a table whose first row is its head.

    All text is latin-1, which is what the PDF's built-in fonts can show.
    """

    title: str
    bullets: tuple[str, ...]
    code: str = ""
    table: tuple[tuple[str, ...], ...] = ()


SLIDES = (
    Slide(
        "Atención y Transformers",
        (
            "Procesamiento del lenguaje natural, sesión 2",
            AUTHOR,
            "De la red que lee en fila a la red que mira todo a la vez",
        ),
    ),
    Slide(
        "Objetivos de la sesión",
        (
            "Explicar por qué una red recurrente olvida lo lejano",
            "Calcular a mano una atención con producto punto escalado",
            "Dibujar un bloque del Transformer y decir para qué sirve cada pieza",
            "Distinguir codificador, decodificador y codificador-decodificador",
            "Estimar la memoria que ocupa el KV cache",
        ),
    ),
    Slide(
        "Redes recurrentes",
        (
            "Un estado resume lo leído y se actualiza con cada palabra",
            "Los mismos pesos se usan en todos los pasos",
            "El gradiente se multiplica paso a paso: desaparece o explota",
            "Si explota, se recorta (gradient clipping); si desaparece, hay que cambiar la arquitectura",
        ),
        code="h(t) = tanh(W · h(t-1) + U · x(t) + b)",
    ),
    Slide(
        "LSTM y GRU",
        (
            "Una celda de memoria que se actualiza sumando",
            "La suma abre un camino por donde el gradiente pasa casi intacto",
            "Las compuertas son valores entre 0 y 1, calculados con una sigmoide",
            "La GRU une compuertas: menos parámetros y resultados parecidos",
        ),
        code=(
            "c(t) = f * c(t-1) + i * g      f: olvido   i: entrada   g: candidato\n"
            "h(t) = o * tanh(c(t))          o: salida"
        ),
    ),
    Slide(
        "Seq2seq y el cuello de botella",
        (
            "El codificador lee la oración y entrega un solo vector",
            "El decodificador escribe a partir de ese vector, palabra por palabra",
            "Durante el entrenamiento se le da la palabra correcta anterior (teacher forcing)",
            "Al aumentar la longitud, un vector fijo ya no alcanza y la calidad cae",
        ),
    ),
    Slide(
        "La idea de la atención",
        (
            "Antes de escribir cada palabra, volver a mirar toda la entrada",
            "Los pesos son positivos y suman 1: forman un promedio",
            "Se aprenden junto con el resto de la red, sin alineaciones anotadas",
            "La distancia entre dos palabras deja de importar: siempre están a un paso",
        ),
    ),
    Slide(
        "Query, key y value",
        ("Las tres son proyecciones lineales aprendidas de los mismos vectores o de vectores distintos",),
        table=(
            ("Vector", "Pregunta que responde", "Origen (atención cruzada)"),
            ("Query (Q)", "¿Qué estoy buscando?", "Del decodificador"),
            ("Key (K)", "¿Con qué me pueden encontrar?", "Del codificador"),
            ("Value (V)", "¿Qué entrego si me eligen?", "Del codificador"),
        ),
    ),
    Slide(
        "Producto punto escalado",
        (
            "Cada fila de la softmax dice cuánto toma una posición de todas las demás",
            "Se divide entre la raíz de d_k para que las puntuaciones no crezcan con la dimensión",
            "Sin esa división la softmax se satura y su gradiente casi se anula",
            "El costo crece con el cuadrado de la longitud: una puntuación por cada par",
        ),
        code="Atención(Q, K, V) = softmax( Q · K^T / raíz(d_k) ) · V",
    ),
    Slide(
        "La atención en NumPy",
        ("Q: consultas x d_k;  K: claves x d_k;  V: claves x d_v;  la salida: consultas x d_v",),
        code=(
            "import numpy as np\n\n"
            "def atencion(q, k, v):\n"
            "    puntos = q @ k.T / np.sqrt(k.shape[-1])\n"
            "    puntos -= puntos.max(axis=-1, keepdims=True)  # estabilidad numérica\n"
            "    pesos = np.exp(puntos)\n"
            "    pesos /= pesos.sum(axis=-1, keepdims=True)\n"
            "    return pesos @ v"
        ),
    ),
    Slide(
        "Varias cabezas (multi-head)",
        (
            "Cada cabeza tiene sus propias proyecciones, de dimensión d_modelo / h",
            "Las salidas se concatenan y se mezclan con una matriz final",
            "El costo es parecido al de una sola cabeza con la dimensión completa",
            "Hay cabezas especializadas y muchas redundantes, que se pueden podar",
        ),
    ),
    Slide(
        "Codificación posicional",
        (
            "La autoatención no distingue el orden: hay que añadirlo",
            "Sinusoidal: fija, con una frecuencia distinta por par de dimensiones",
            "Aprendida: un vector por posición, con una longitud máxima",
            "Rotatoria (RoPE): gira Q y K, y el producto depende de la distancia relativa",
        ),
        code="PE(pos, 2i) = sen(pos / 10000^(2i/d))     PE(pos, 2i+1) = cos(pos / 10000^(2i/d))",
    ),
    Slide(
        "El bloque completo",
        (
            "Subcapa 1: autoatención con varias cabezas",
            "Subcapa 2: red de dos capas, igual para todas las posiciones",
            "Conexión residual alrededor de cada subcapa: salida = x + Subcapa(x)",
            "Normalización de capa: después de la suma en el original, antes en los modelos recientes",
        ),
    ),
    Slide(
        "Codificador y decodificador",
        (
            "Codificador: cada posición mira a la izquierda y a la derecha",
            "Decodificador: una máscara causal tapa el futuro",
            "Atención cruzada: el decodificador consulta la salida del codificador",
            "La máscara pone menos infinito antes de la softmax, no cero después",
        ),
    ),
    Slide(
        "BERT, GPT y T5",
        ("Tres recortes de la misma arquitectura, con tres tareas de preentrenamiento",),
        table=(
            ("Modelo", "Parte", "Preentrenamiento", "Uso típico"),
            ("BERT", "Codificador", "Adivinar palabras tapadas", "Clasificar, etiquetar, buscar"),
            ("GPT", "Decodificador", "Predecir el token siguiente", "Generar texto, conversar"),
            ("T5", "Ambas", "Reconstruir tramos borrados", "Traducir, resumir"),
        ),
    ),
    Slide(
        "KV cache",
        (
            "Al generar, las claves y los valores ya calculados no cambian: se guardan",
            "Cada token nuevo calcula solo su propia fila de atención",
            "La memoria crece con la longitud, las capas y las conversaciones simultáneas",
            "GQA y MQA comparten claves y valores entre cabezas para reducirla",
        ),
        code="bytes = 2 · capas · cabezas_kv · d_cabeza · tokens · bytes_por_número",
    ),
    Slide(
        "Para llevarse a casa",
        (
            "Sumar conserva el gradiente: celda de la LSTM y conexiones residuales",
            "La atención es un promedio pesado por parecido",
            "Un peso de atención alto no es una explicación",
            "Lectura: Vaswani y otros, «Attention is all you need»",
            "Próxima sesión: adaptar y alinear modelos grandes",
        ),
    ),
)


class Deck(FPDF):
    """A landscape deck whose every page has the session in its footer and its number of the total."""

    def footer(self) -> None:
        """Write the footer line; fpdf2 calls this at the end of each page."""
        self.set_y(-14)
        self.set_font("Helvetica", size=9)
        self.set_text_color(110)
        self.cell(self.epw / 2, 6, FOOTER)
        self.cell(self.epw / 2, 6, f"{self.page_no()} / {len(SLIDES)}", align="R")


def draw(deck: Deck, slide: Slide) -> None:
    """Add one page: title, rule, bullets, then code and table where the slide has them."""
    below = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}
    deck.add_page()
    deck.set_text_color(20, 50, 90)
    deck.set_font("Helvetica", "B", 26)
    deck.multi_cell(0, 14, slide.title, **below)
    deck.set_draw_color(20, 50, 90)
    deck.line(MARGIN, deck.get_y() + 1, PAGE[0] - MARGIN, deck.get_y() + 1)
    deck.ln(8)
    deck.set_text_color(30)
    deck.set_font("Helvetica", size=16)
    for bullet in slide.bullets:
        deck.multi_cell(0, 9, f"· {bullet}", **below)
        deck.ln(2)
    if slide.code:
        deck.ln(3)
        deck.set_font("Courier", size=13)
        deck.multi_cell(0, 7, slide.code, align="L", **below)
    if slide.table:
        deck.ln(3)
        deck.set_font("Helvetica", size=14)
        with deck.table(line_height=9, text_align="LEFT") as table:
            for row in slide.table:
                table.row(row)


def build() -> bytes:
    """Return the deck as a PDF; equal on every call with the same fpdf2."""
    deck = Deck(orientation="landscape", unit="mm", format=(PAGE[1], PAGE[0]))
    deck.set_compression(False)  # zlib's output may differ between machines
    deck.set_creation_date(CREATED)
    deck.set_producer("repaso")
    deck.set_title(TITLE)
    deck.set_author(AUTHOR)
    deck.set_lang("es")
    deck.set_margin(MARGIN)
    deck.set_auto_page_break(False)
    for slide in SLIDES:
        draw(deck, slide)
    return bytes(deck.output())


if __name__ == "__main__":
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    output.write_bytes(build())
    print(f"{output}: {len(SLIDES)} slides")
