"""Orders: seats that are held until they are paid, and become tickets."""
