"""Questions and passages in two languages on which an export must order as the model itself does."""

QUESTIONS = (
    "¿Qué es el sobreajuste y cómo se detecta?",
    "¿Cómo reparte la atención el peso entre las palabras?",
    "¿Para qué sirve el descenso de gradiente?",
    "¿Por qué se divide un texto en trozos antes de indexarlo?",
    "diferencia entre precisión y exhaustividad",
    "¿Cuándo conviene ajustar un modelo y cuándo basta con buscar?",
    "¿Qué hace una función de activación?",
    "ejemplos de sesgo en los datos de entrenamiento",
    "What does a tokenizer do before the model sees the text?",
    "Why does dropout help a network to generalise?",
    "How is the quality of a translation measured?",
    "What is stored in a vector database?",
    "learning rate schedule",
    "How do word embeddings capture meaning?",
    "When does a language model make things up?",
    "What is the difference between an encoder and a decoder?",
)

PASSAGES = (
    "Un modelo sobreajustado acierta con los ejemplos que ya ha visto y falla con los nuevos: se nota cuando el "
    "error de validación empieza a subir mientras el de entrenamiento sigue bajando.",
    "Cada palabra de la frase mira a las demás y decide cuánto le importa cada una; los pesos suman uno.",
    "El descenso de gradiente ajusta los parámetros poco a poco, en la dirección en la que el error disminuye más.",
    "Los documentos largos se parten en fragmentos de unos cientos de palabras para que la búsqueda devuelva solo la "
    "parte que responde.",
    "La precisión cuenta cuántas de las respuestas dadas eran buenas; la exhaustividad, cuántas buenas se dieron.",
    "Ajustar un modelo cambia su comportamiento; añadirle una búsqueda cambia lo que sabe, sin tocar sus pesos.",
    "Sin una función de activación no lineal, varias capas seguidas equivaldrían a una sola.",
    "Si en los datos casi todos los médicos son hombres, el modelo aprenderá esa proporción como si fuera una regla.",
    "Mañana no habrá clase porque el aula está ocupada por un examen de otra asignatura.",
    "La entrega del trabajo es el último viernes del mes, en un único archivo comprimido.",
    "A tokenizer cuts a text into pieces that the model knows and replaces each of them by its number.",
    "Dropout switches off random units while the network learns, so that no unit can rely on a particular other one.",
    "BLEU compares the word sequences of a translation with those of several reference translations.",
    "A vector store finds the passages nearest to a question, even when no word is shared between them.",
    "The learning rate usually grows during a short warm-up and then falls along a cosine.",
    "Words that appear in the same contexts get similar vectors, which is why king and queen end up close together.",
    "A model that was never shown the answer still completes the sentence with whatever is most likely to follow.",
    "The encoder reads the whole input at once; the decoder writes its output one token after another.",
    "The library closes at nine, and the computers on the second floor must be switched off before that.",
    "Tortilla needs potatoes, eggs, onion, olive oil and patience, in that order.",
)
