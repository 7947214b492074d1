"""Currencies in QR codes: ISO 4217 numbers and letters, of Indonesia and the countries whose codes may be met here."""

NUMBERS = {
    "AED": "784",
    "AUD": "036",
    "BND": "096",
    "CNY": "156",
    "EUR": "978",
    "HKD": "344",
    "IDR": "360",
    "INR": "356",
    "JPY": "392",
    "KHR": "116",
    "KRW": "410",
    "LAK": "418",
    "MMK": "104",
    "MYR": "458",
    "PHP": "608",
    "SAR": "682",
    "SGD": "702",
    "THB": "764",
    "TWD": "901",
    "USD": "840",
    "VND": "704",
}
"""Number by letters."""
LETTERS = {number: letters for letters, number in NUMBERS.items()}
"""Letters by number."""
