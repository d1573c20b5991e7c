"""What stands around every answer of the server, whatever the pages are drawn with: defences, libraries, fonts."""
