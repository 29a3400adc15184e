"""How a desk page is built: layout, macros, forms, CSRF, translations.

A service writes routers of pages and mounts them::

    pages = DeskRouter(prefix="/front-desk/placements")

    @pages.get("/{placement_id}", name="placement")
    async def placement(call: DeskCall, placement_id: UUID) -> Response:
        return call.page("placements/record.html", placement=await call.ask(queries.placement, placement_id))

    mount(
        app,
        Desk(name=N_("Front Desk"), prefix="/front-desk", accent="front", package="my_svc", routers=[pages]),
    )

Nothing is loaded from here: what commands and workers need of `deskkit.i18n` brings no web framework.
"""
