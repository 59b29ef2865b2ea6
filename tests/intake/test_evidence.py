"""Who is one person, on a labelled set: nothing that is called sure may be wrong, all others are asked."""

from __future__ import annotations

import pytest

from vernis.intake.alike import Alike, alike, typos
from vernis.intake.evidence import Kind, Person, compared, keys

SAME_NAMES = """
Анна Иванова = Иванова Анна
Анна Иванова = Anna Ivanova
Алёна Орлова = Алена Орлова
Алёна Орлова = Alyona Orlova
Наталья Петрова = Natalia Petrova
Наталья Петрова = Наталия Петрова
Юлия Ким = Yuliya Kim
Юлия Ким = Iuliia Kim
Юлия Ким = Yulia Kim
Ксения Цой = Kseniya Tsoy
Хасанова Дина = Dina Khasanova
Щербакова Ольга = Olga Shcherbakova
Жанна Жукова = Zhanna Zhukova
Дмитрий Соловьёв = Dmitry Solovyov
Евгений Попов = Evgeny Popov
Мария Юдина = Mariya Yudina
Мария Юдина = Maria Iudina
Татьяна Ильина = Tatiana Ilina
Татьяна Ильина = Tatyana Ilyina
Софья Белова = София Белова
Артём Зайцев = Artem Zaitsev
Артём Зайцев = Artyom Zaytsev
ОЛЬГА ДУБОВА = ольга дубова
Ольга  Дубова = Дубова, Ольга
Ольга Дубова (новая) = Ольга Дубова
Анна-Мария Липова = Липова Анна Мария
Айгуль Касымова = Aigul Kasymova
Галина Чернышёва = Galina Chernysheva
Фёдор Щукин = Fedor Shchukin
Александра Цветкова = Aleksandra Cvetkova
Вера Кузьмина = Vera Kuzmina
Михаил Гущин = Mikhail Gushchin
Виктория Новикова = Viktoriya Novikova
Лилия Ахметова = Liliya Akhmetova
Марк Филиппов = Mark Filippov
Ирина Сергеевна Лебедева = Лебедева Ирина Сергеевна
"""
SIMILAR_NAMES = """
Катя Смирнова = Екатерина Смирнова
Маша Юдина = Мария Юдина
Саша Попова = Александра Попова
Дима Зайцев = Дмитрий Зайцев
Аня Берёзова = Анна Березова
Лена Котова = Елена Котова
Настя Громова = Анастасия Громова
Наташа Белова = Наталья Белова
Таня Ильина = Татьяна Ильина
Света Лапина = Светлана Лапина
Анна Ивонова = Анна Иванова
Анна Иваноав = Анна Иванова
Екатирина Смирнова = Екатерина Смирнова
Ольга Дубва = Ольга Дубова
Марина Селезнёва = Марина Селизнева
Виктория Новикоова = Виктория Новицова
Женя Соколов = Евгений Соколов
Рита Клёнова = Маргарита Клёнова
Оля Щербакова = Olga Shcherbakova
Вика Никифорова = Виктория Никифарова
"""
PART_NAMES = """
Анна = Анна Иванова
Иванова = Анна Иванова
Ольга Дубова = Ольга Ивановна Дубова
Maria = Мария Юдина
Татьяна Ильина = Ильина Татьяна Петровна
"""
DIFFERENT_NAMES = """
Ольга Дубова = Полина Дубова
Александр Иванов = Александра Иванова
Марина Белова = Карина Белова
Евгений Попов = Евгения Попова
Олег Белов = Ольга Белова
Иван Петров = Пётр Иванов
Дарья Котова = Марья Котова
Алина Громова = Арина Громова
Алина Громова = Алёна Громова
Валентин Орлов = Валентина Орлова
Анна Иванова = Анна Петрова
Анна = Инна
Юлия Ким = Лилия Ким
Сергей Волков = Андрей Волков
Светлана Лапина = Снежана Лапина
Виктор Панов = Виктория Панова
Максим Фомин = Роман Фомин
Кирилл Юдин = Мария Юдина
Вера Липова = Ева Липова
Илья Котов = Ульяна Котова
Елена Сергеевна Котова = Елена Ивановна Котова
Анна Ковалёва = Анна Коваленко
Ирина Лебедева = Регина Лебедева
Нина Орлова = Нина Козлова
Тимур Саитов = Руслан Саитов
Даниил Белый = Даниэла Белая
Ли Анна = Ким Анна
Mother Smith = Daughter Smith
Иванов = Иванова
"""


# Other people whose names are a letter apart: nobody can tell them from a typo, so they are asked about.
LOOKALIKES = """
Роза Алиева = Роза Валиева
Вера Котова = Вера Кротова
Ольга Панова = Ольга Данова
Ирина Белкина = Ирина Белякина
Саша Лапин = Александра Лапин
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [
        (one.strip(), other.strip()) for one, _, other in (line.partition(" = ") for line in text.strip().split("\n"))
    ]


NAMES = [
    *((Alike.SAME, *pair) for pair in pairs(SAME_NAMES)),
    *((Alike.SIMILAR, *pair) for pair in pairs(SIMILAR_NAMES)),
    *((Alike.PART, *pair) for pair in pairs(PART_NAMES)),
    *((Alike.SIMILAR, *pair) for pair in pairs(LOOKALIKES)),
    *((Alike.DIFFERENT, *pair) for pair in pairs(DIFFERENT_NAMES)),
]


@pytest.mark.parametrize(("expected", "one", "other"), NAMES)
def test_names_are_compared_as_people_read_them(expected: Alike, one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    found = alike(one, other)
    if expected in (Alike.DIFFERENT, Alike.PART):
        assert found == expected
    elif expected == Alike.SAME:
        assert found >= Alike.SIMILAR
    else:
        assert found in (Alike.SIMILAR, Alike.SAME)


@pytest.mark.parametrize("name", ["", "Клиент", "тест", "№ 17", "+7 916", "Новая клиентка", "(без имени)"])
def test_what_is_no_name_says_nothing(name: str) -> None:
    assert alike(name, "Анна Иванова") == Alike.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "count"), [("anna", "anna", 0), ("anna", "ana", 1), ("anna", "nana", 1), ("anna", "inga", 2)]
)
def test_typos_are_counted(one: str, other: str, count: int) -> None:
    assert typos(one, other) == typos(other, one) == count


PHONE, OTHER_PHONE, MAIL = "+79167000001", "+79167000002", "anna@example.com"
DATE, OTHER_DATE, DAY = (1990, 3, 4), (1992, 3, 4), (None, 3, 4)


def person(
    pk: int, name: str, phone: str = "", email: str = "", birthday: tuple[int | None, ...] = (None,) * 3
) -> Person:
    return Person(pk, name, phone, "", email, *birthday)


def labelled() -> list[tuple[Person, Person, bool]]:
    """Return pairs of cards, each with whether they are of one person."""
    cases: list[tuple[Person, Person, bool]] = []
    for is_one, text in (
        (True, SAME_NAMES),
        (True, SIMILAR_NAMES),
        (True, PART_NAMES),
        (False, DIFFERENT_NAMES),
        (False, LOOKALIKES),
    ):
        for one, other in pairs(text):
            cases += [
                (person(1, one, PHONE), person(2, other, PHONE), is_one),
                (person(1, one, PHONE, birthday=DATE), person(2, other, PHONE, birthday=DATE), is_one),
                (person(1, one, "", MAIL), person(2, other, PHONE, MAIL.upper()), is_one),
                # a namesake in the family: the birthday tells
                (person(1, one, PHONE, birthday=DATE), person(2, other, PHONE, birthday=OTHER_DATE), False),
                # two people of one name who have nothing else in common
                (person(1, one, PHONE), person(2, other, OTHER_PHONE), False),
                (person(1, one, PHONE, birthday=DATE), person(2, other, OTHER_PHONE, birthday=(1955, 8, 9)), False),
            ]
    twins = ("Дарья Котова", "Марина Котова"), ("Иван Лапин", "Пётр Лапин"), ("Анна Орлова", "Инна Орлова")
    cases += [(person(1, one, PHONE, MAIL, DATE), person(2, two, PHONE, MAIL, DATE), False) for one, two in twins]
    return cases


def test_the_labelled_set_is_large_enough() -> None:
    assert len(labelled()) >= 500
    assert {is_one for _one, _other, is_one in labelled()} == {True, False}


def test_whatever_is_called_sure_is_one_person() -> None:
    sure = [case for case in labelled() if (verdict := compared(*case[:2])) and verdict.kind == Kind.SURE]

    assert [case for case in sure if not case[2]] == []
    assert len(sure) >= 100


def test_everybody_who_is_one_person_is_at_least_asked_about() -> None:
    left_out = [case for case in labelled() if case[2] and compared(*case[:2]) is None]

    assert left_out == []


def test_one_phone_and_different_people_is_a_family() -> None:
    for one, other in pairs(DIFFERENT_NAMES):
        verdict = compared(person(1, one, PHONE), person(2, other, PHONE))
        assert verdict is not None
        assert verdict.kind == Kind.FAMILY


def test_pairs_meet_under_a_key() -> None:
    for one, other, is_one in labelled():
        if is_one:
            assert keys(one) & keys(other)


def test_the_order_of_two_cards_does_not_matter() -> None:
    for one, other, _is_one in labelled():
        assert compared(one, other) == compared(other, one)
