// SecurityTrails
