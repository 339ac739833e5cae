"""What prices are and were: statistics, trends, history, and what a regulator watches."""
