"""The words that every room uses: frozen values, enums, errors and ports; standard library only."""
