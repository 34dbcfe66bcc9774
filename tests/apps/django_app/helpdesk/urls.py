from django.urls import path

from tickets import views

urlpatterns = [
    path('tickets/<int:pk>/suggest/', views.suggest),
    path('tickets/<int:pk>/stream/', views.stream),
    path('tickets/search/', views.search),
]
