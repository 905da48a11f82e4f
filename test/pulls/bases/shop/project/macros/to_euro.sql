round({{raw amount}} / {{raw rate}}, 2)
