"""What Sheets and Docs share: who writes, how Google is asked, what its refusals mean, where files lie."""
