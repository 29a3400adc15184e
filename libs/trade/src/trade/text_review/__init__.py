"""Reviews texts by patterns and a small trained classifier (`python -m trade.text_review train`)."""
