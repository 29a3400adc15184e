"""A world for the tests of delivery: two services that know no trade, and the broker between them."""
