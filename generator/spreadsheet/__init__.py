"""Spreadsheets read into posts, refused rows and remarks."""
