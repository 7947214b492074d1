"""The economy pillar: cashless payments, levies and merchants."""
