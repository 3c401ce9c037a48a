"""`precis bench`: engines × number types × batch sizes over the user's own articles, each in a process of its own."""
