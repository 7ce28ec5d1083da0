"""The web application: pages, runs, worker processes, store, stream, lessons and exports."""
