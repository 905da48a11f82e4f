({{raw from}} <= {{raw on}} and ({{raw to}} is null or {{raw to}} > {{raw on}}))
