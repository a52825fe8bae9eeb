"""Work on GitHub: which change is judged, its checks, its report, and what a merge left on main."""
