"""A process that fits a tide; ``apart/running.py`` starts it."""

from services.environment.apart.worker import serve
from services.environment.harmonics.fitting import forecast
from services.environment.harmonics.model import Question

if __name__ == "__main__":
    serve(Question, forecast)
