"""Names of brands in the names of sheets, files and folders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.place_names import find_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cote.vermeil.csv", "cote.vermeil"),
        ("export_hotel-dore_2025.csv", "hotel-dore"),
        ("instagram-hoteldore-2025-01-03-aBcD1234.zip", "hoteldore"),
        ("instagram-hotel.dore-2025-01-03-aBcD1234 (2).zip", "hotel.dore"),
        ("instagram-hotel.dore-2025-01-03-aBcD1234-part2.zip", "hotel.dore"),
        ("facebook-hoteldore-2025-01-03-aBcD1234.zip", "hoteldore"),
        ("Hôtel Doré (2025)", "Hôtel Doré"),
        ("Hôtel Doré - posts", "Hôtel Doré"),
        ("Instagram Dior export 03-2025", "Dior"),
        ("hotel-dore (1).csv", "hotel-dore"),
        ("hotel-dore - Copie.xlsx", "hotel-dore"),
        ("Copy of Dior", "Dior"),
        ("hotel-dore_v2_final.csv", "hotel-dore"),
        ("hotel-dore_janvier_2025.csv", "hotel-dore"),
        ("20250103_hoteldore", "hoteldore"),
        ("data_hotel_dore.csv", "hotel_dore"),
        ("Media Markt", "Media Markt"),
        ("New Balance", "New Balance"),
        ("Canal+", "Canal+"),
        ("@hoteldore", "@hoteldore"),
        ("A.P.C.", "A.P.C."),
        ("Forever 21", "Forever 21"),
        ("Hôtel Doré (Paris)", "Hôtel Doré (Paris)"),
        ("資生堂.csv", "資生堂"),
        ("Marque : Hôtel Doré", "Hôtel Doré"),
        ("Brand name: Dior", "Dior"),
        ("Maison: Dior.csv", "Dior"),
        ("Maison Margiela", "Maison Margiela"),
        ("01 Dior", "Dior"),
        ("03 - Saint Laurent", "Saint Laurent"),
        ("3.1 Phillip Lim", "3.1 Phillip Lim"),
        ("7 For All Mankind", "7 For All Mankind"),
    ],
)
def test_names_of_brands(text: str, name: str) -> None:
    assert find_name(text) == name
    assert find_name(name) == name


@pytest.mark.parametrize(
    "text",
    ["your_instagram_activity", "your_posts__check_ins__photos_and_videos_1.json", "user_data_tiktok.json",
     "Neuer Ordner", "Nouveau dossier (2)",
     "Sheet1", "Feuil1", "Tabelle 1", "Hoja1", "Foglio1", "Blad1", "Planilha1", "シート1", "Лист1", "posts", "export",
     "data", "instagram", "posts_1.json", "media", "2025-11", "Q1 2025", "Janvier", "März 2025", "1", "", "  ", "_",
     "dataset_instagram-scraper_2025-11-29_10-22-33-123.json", "Sheet 1 - Table 1", "2023-05-06_10-20-30_UTC.json",
     "Kopie von Tabelle1", "export (3).xlsx", "result_9f86d081884c7d65.csv", "Données brutes", 
     "instagram_posts_final_v2", "---"],
)  # fmt: skip
def test_names_that_say_nothing(text: str) -> None:
    assert find_name(text) == ""


@given(st.text())
def test_any_text_has_a_name_or_none(text: str) -> None:
    name = find_name(text)
    assert name == name.strip()
    assert find_name(f"{text}.csv") is not None
