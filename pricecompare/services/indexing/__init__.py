"""The price-volume index (量价比较指数): explained, published in runs, appealed against, reported."""
